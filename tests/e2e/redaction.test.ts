// Secrets that are planted wherever a gateway meets them: nothing that it writes in a whole session has one of them.
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { folder, launch, run } from "../fixtures/command.ts";
import { connect } from "../fixtures/connect.ts";
import { rawBackend } from "../fixtures/raw-backend.ts";
import { until } from "../fixtures/until.ts";

/** A word that nothing else has, for each place where a secret can be. */
const secrets = {
  environment: "planted-in-the-environment-1a",
  backendEnvironment: "planted-in-the-env-of-a-backend-2b",
  argument: "planted/in an argument&3c",
  header: "planted-in-a-header-4d",
  bearer: "planted-as-a-bearer-5e",
  password: "planted:as@a/password-6f",
  query: "planted in a query 7g",
  management: "planted-for-the-management-8h",
  printed: "planted-and-printed-9i",
  toolName: "planted-as-a-tool-0j",
};

const tool = (name: string, description = "") => ({ name, description, inputSchema: { type: "object" } });

/** Prints its secrets, in several forms, and offers them by name; says one when it is called. */
function talkative() {
  const { command, args } = rawBackend({
    name: `server of ${secrets.printed}`,
    tools: [tool("call"), tool(secrets.toolName, `Uses ${secrets.argument}.`)],
    resources: [{ uri: `raw://${secrets.toolName}`, name: secrets.backendEnvironment }],
    prompts: [{ name: "greet", description: JSON.stringify({ password: secrets.argument }) }],
  });
  const forms = `
    echo "$API_TOKEN"; echo "starting with $API_TOKEN" >&2; echo "Cookie: a=$SESSION_COOKIE; b=c" >&2
    echo '{"password":"'"$DB_PASSWORD"'"}' >&2; printf '%s' "user:$API_TOKEN" | base64 >&2
    echo "GET /?token=${encodeURIComponent(secrets.argument)} $*" >&2
    echo "${across(200, secrets.backendEnvironment).replace(secrets.backendEnvironment, "$API_TOKEN")}"
    printf '%s ' $(yes "$API_TOKEN" | head -n 50) >&2; printf '%6307s %s\\n' x "$API_TOKEN" >&2`;
  const script = `{ ${forms}\n} ; exec '${command}' '${args[0]}' "$OFFER"`;
  return {
    type: "stdio",
    command: "sh",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of the configuration
    args: ["-c", script, "sh", "--password", secrets.argument, "${PLANTED_TOKEN}"],
    env: {
      API_TOKEN: secrets.backendEnvironment,
      SESSION_COOKIE: secrets.printed,
      DB_PASSWORD: secrets.toolName,
      OFFER: args[1],
    },
  };
}

/** A server that refuses calls of its tools, and all else at other paths, and repeats what it was sent. */
function refusing() {
  const results: Record<string, object> = {
    initialize: { protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo: { name: "r", version: "1" } },
    "tools/list": { tools: [tool("refuse"), tool("refuse_at_length")] },
  };
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async (request) => {
      const body = request.method === "POST" ? await request.json() : {};
      const { id, method = "", params } = body as { id?: number; method?: string; params?: { name?: string } };
      const result = new URL(request.url).pathname === "/mcp" && results[method];
      if (result) return Response.json({ jsonrpc: "2.0", id, result });
      const headers = JSON.stringify(Object.fromEntries(request.headers));
      const text = `cannot serve ${request.url} with ${headers}`;
      const long = params?.name === "refuse_at_length";
      return new Response(long ? across(300, secrets.header) : text, { status: 500 });
    },
  });
}

/** A line that has two characters of a secret too many for those who show so many of its characters. */
function across(length: number, secret: string): string {
  return `${"x".padEnd(length - secret.length + 1)} ${secret}`;
}

function configuration(port: number) {
  const user = encodeURIComponent(secrets.password);
  const query = new URLSearchParams({ api_key: secrets.query });
  return {
    version: "1",
    server: { log_level: "debug", management: { token: secrets.management } },
    backends: {
      talkative: talkative(),
      twin: rawBackend({ name: "twin", tools: [tool(secrets.toolName)] }),
      remote: {
        type: "streamable-http",
        url: `http://me:${user}@127.0.0.1:${port}/mcp?${query}`,
        headers: { "X-Api-Key": secrets.header, Authorization: `Bearer ${secrets.bearer}` },
      },
      old: { type: "sse", url: `http://127.0.0.1:${port}/sse?${query}`, headers: { "x-auth-token": secrets.header } },
      missing: { type: "stdio", command: `/nowhere/${secrets.environment}`, args: ["--token", secrets.argument] },
    },
  };
}

/** What the management API says, by path. */
const asked = [
  "/status",
  "/snapshot",
  "/security",
  "/backends",
  "/backends/talkative/stderr",
  "/groups",
  "/capabilities?filtered=true",
  "/sessions",
  "/events?limit=1000",
  "/metrics",
];

/** The forms in which a secret may have been written, and most of it. */
function formsOf(secret: string): string[] {
  const query = new URLSearchParams({ "": secret }).toString().slice(1);
  const base64 = Buffer.from(secret)
    .toString("base64")
    .replace(/.{0,2}=*$/, "");
  return [secret.slice(0, -3), JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), query, base64];
}

function mustHideAll(places: Record<string, string>): void {
  const found = Object.entries(places).flatMap(([place, text]) =>
    Object.entries(secrets).flatMap(([name, secret]) =>
      formsOf(secret).some((form) => text.includes(form)) ? [`${name} in ${place}`] : [],
    ),
  );
  expect(found).toEqual([]);
}

test("no planted secret is in the log, the audit, the events, the answers of the API or on stderr", async () => {
  await using remote = refusing();
  using place = folder({ "config.yaml": configuration(remote.port ?? 0) });
  const env = { PLANTED_TOKEN: secrets.environment };
  await using gateway = await launch(["server", "--port", "0", "--log-level", "debug"], { ...place, env });
  const ask = async (path: string, method = "GET", token = secrets.management) => {
    const headers = { authorization: `Bearer ${token}` };
    return await (await fetch(`${gateway.url}/manage/v1${path}`, { method, headers })).text();
  };
  await until("every backend was tried", async () => (await ask("/ready")).includes('"ready":true'));
  await using client = await connect(gateway.url, { name: `client of ${secrets.password}` });
  expect(await client.toolNames()).toContain(secrets.toolName);
  const refusal = { code: -32000, message: `refused with ${secrets.printed}` };
  await client
    .raw("tools/call", { name: "call", _meta: { "test/error": JSON.stringify(refusal) } })
    .catch(() => undefined);
  await client.raw("tools/call", { name: secrets.toolName, arguments: { token: secrets.argument } });
  await client.raw("tools/call", { name: `no ${secrets.query}` }).catch(() => undefined);
  await client.raw(`example.org/${secrets.bearer}`).catch(() => undefined);
  await client.raw("resources/read", { uri: `raw://${secrets.toolName}` });
  const answers: Record<string, string> = {};
  for (const name of ["refuse", "refuse_at_length"])
    answers[name] = await client.raw("tools/call", { name }).then(String, ({ message }: Error) => message);
  for (const path of ["/reconnect/remote", "/reconnect/missing", "/reload"]) answers[path] = await ask(path, "POST");
  answers["/reload refused"] = await ask("/reload", "POST", secrets.header);
  for (const path of asked) answers[path] = await ask(path);
  const reading = fetch(`${gateway.url}/manage/v1/events/stream`, {
    headers: { authorization: `Bearer ${secrets.management}`, "last-event-id": "000000000-0000000" },
  }).then((stream) => stream.text());
  answers["/shutdown"] = await ask("/shutdown", "POST");
  answers["/events/stream"] = await reading;
  expect(await gateway.exited).toBe(0);
  const directory = join(place.directory, "logs");
  const files = readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), "utf8")] as const);
  mustHideAll({ ...answers, ...Object.fromEntries(files), stderr: gateway.stderr() });
  // All this was written indeed.
  expect(files.map(([name]) => name.replace(/\d/g, "0")).sort()).toEqual(["argus_00000000_000000.log", "audit.jsonl"]);
  for (const [, text] of files) expect(text).toContain("***REDACTED***");
  const redacted = ["/snapshot", "/backends", "/backends/talkative/stderr", "/capabilities?filtered=true", "/sessions"];
  for (const path of [...redacted, "/events?limit=1000", "/events/stream"])
    expect(answers[path]).toContain("***REDACTED***");
  expect(answers["/events?limit=1000"]).toContain('"details":{"kind":"tools","name":"***REDACTED***"');
  expect(answers.refuse).toContain("***REDACTED***");
  expect(answers.refuse_at_length).toContain("HTTP 500: x");
  expect(gateway.stderr()).toContain("***REDACTED***");
}, 60_000);

test.each<[string, object, string[]]>([
  ["an invalid configuration", { server: { management: { token: [secrets.management] } } }, []],
  ["a plan", {}, []],
  ["an explanation", { authorization: { enabled: true } }, ["--explain", "anybody"]],
])(
  "neither does %s show one",
  async (_, more, flags) => {
    const { backends, ...rest } = configuration(1);
    using place = folder({ "config.yaml": { ...rest, backends, ...more } });
    const env = { PLANTED_TOKEN: secrets.environment };
    const { stdout, stderr } = await run(["server", "--check", ...flags], { ...place, env });
    expect(stdout + stderr).not.toBe("");
    mustHideAll({ stdout, stderr });
  },
  20_000,
);
