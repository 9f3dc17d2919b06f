// Proves that every key of the configuration counts: the gateway is run with all of them set, and each must be read.
import { expect, setDefaultTimeout, test } from "bun:test";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kind, type TSchema } from "@sinclair/typebox";
import { BackendTypes } from "../src/config/backend-schema.ts";
import { parseConfig } from "../src/config/load.ts";
import { type Config, Settings } from "../src/config/schema.ts";
import type { Log } from "../src/observe/log.ts";
import { createRedactor } from "../src/observe/redact.ts";
import { Runtime } from "../src/runtime.ts";
import { connect } from "./fixtures/connect.ts";
import { freePort } from "./fixtures/free-port.ts";
import { startFull } from "./fixtures/full/start.ts";
import { startGateway } from "./fixtures/gateway.ts";

setDefaultTimeout(30_000);

/** Read where a backend wants OAuth, which tests/e2e/outgoing-auth.test.ts shows. */
const OAUTH = ["flow", "token_url", "client_id", "client_secret", "scopes.*", "redirect_port"];

/** Read where clients must show who they are, which tests/e2e/incoming-auth.test.ts shows. */
const SHOWN = ["token", "issuer", "audience.*", "jwks_uri", "secret", "algorithms.*", "roles_claim"];

/** Leaves that the gateway itself does not read, with the reason. */
const readElsewhere = [
  // The schema admits one value only.
  "version",
  // The command line reads them, which the second test shows.
  "server.log_level",
  "server.transport",
  // Counts when probes fail, which tests/e2e/supervision.test.ts shows.
  "server.health.failures",
  // Files are read with the configuration, and make the server speak https; tests/e2e/tls.test.ts shows it.
  "server.tls.cert",
  "server.tls.key",
  // They say where secrets are, which is read with the file; tests/e2e/secret-references.test.ts shows it.
  "secrets.provider",
  "secrets.path",
  // The terminal UI reads them, which tests/unit/config/client.test.ts and tests/unit/tui/servers.test.ts show.
  ...["server_url", "token", "theme", "servers_config"].map((leaf) => `client.${leaf}`),
  // All types share one set of time-outs; only sse has a process whose URL is waited for.
  "backends.stdio.timeouts.sse_startup",
  "backends.streamable-http.timeouts.sse_startup",
  ...SHOWN.map((leaf) => `incoming_auth.${leaf}`),
  ...["sse", "streamable-http"].flatMap((type) => OAUTH.map((leaf) => `backends.${type}.auth.${leaf}`)),
];

test("every leaf of the schema is read by a gateway that runs", async () => {
  await using remote = await startFull("streamable-http");
  const read = new Set<string>();
  const config = everything(String(remote.backend.url), "prefix");
  await useGateway(watched(config, read), ["stdio_say", "sse_say", "streamable-http_say"]);
  await useGateway(watched(everything(String(remote.backend.url), "priority"), read), ["say"]);
  expect(
    allLeaves(config)
      .filter((leaf) => !read.has(leaf))
      .toSorted(),
  ).toEqual(readElsewhere.toSorted());
});

test("the command line reads log_level and transport", async () => {
  await using gateway = await startGateway({ version: "1", server: { log_level: "debug", transport: "sse" } });
  await gateway.printed(/\/sse\n.*\/mcp\n/);
  await using _client = await connect(gateway.url);
  await gateway.logged(/ debug .*session/);
});

/** Starts the gateway in this process, calls the tools by a client, and stops both. */
async function useGateway(config: Config, tools: string[]): Promise<void> {
  const log: Log = { level: "info", write: () => undefined };
  const redactor = createRedactor();
  const source = { file: "config.yaml", load: () => Promise.resolve(config) };
  const runtime = new Runtime({ config, source, version: "0.0.0", log, redactor, print: () => undefined });
  try {
    await runtime.ready;
    const { origin } = new URL(runtime.address().sseUrl);
    const headers = { authorization: `Bearer ${config.server.management.token}` };
    const status = await fetch(`${origin}/manage/v1/status`, { headers });
    expect(await status.json()).toHaveProperty("feature_flags");
    await using client = await connect(origin);
    expect(await client.toolNames()).toEqual(expect.arrayContaining(tools));
    for (const tool of tools) expect(await client.text(tool, { value: 1 })).toBe('{"value":1}');
  } finally {
    await runtime.stop();
  }
}

/** A configuration that has something under every key; each backend bears the name of its type. */
function everything(url: string, strategy: string): Config {
  const port = freePort();
  const full = [join(import.meta.dir, "fixtures", "full.ts")];
  const rules = { allow: ["*"], deny: ["nothing"] };
  const shared = {
    group: "all",
    filters: { tools: rules, resources: rules, prompts: rules },
    tool_overrides: { echo: { name: "say", description: "Says it again." } },
    timeouts: { call: 20 },
  };
  const program = { command: process.execPath, env: { NAME: "value" }, cwd: import.meta.dir };
  const headers = { "x-name": "value" };
  const auth = { type: "static", headers: { "x-key": "value" } };
  const text = JSON.stringify({
    version: "1",
    server: {
      port: 0,
      allowed_origins: ["http://a.example"],
      allowed_hosts: ["b.example"],
      management: { token: "t" },
    },
    authorization: { enabled: true, policies: [{ effect: "allow", resources: ["tool:*"], description: "tools" }] },
    audit: { file: join(tmpdir(), `argus-options-${port}`, "audit.jsonl") },
    optimizer: { enabled: true, keep_tools: ["say", "stdio_say", "sse_say", "streamable-http_say"] },
    telemetry: { enabled: true, otlp_endpoint: `http://127.0.0.1:${port}`, service_name: "options" },
    conflict_resolution: { strategy, order: ["sse"] },
    backends: {
      stdio: { type: "stdio", ...program, args: [...full, "--stdio"], ...shared },
      sse: {
        auth,
        ...{ type: "sse", url: `http://127.0.0.1:${port}/sse`, headers },
        ...{ ...program, args: [...full, "--sse", port], ...shared },
      },
      "streamable-http": { type: "streamable-http", url, headers, auth, ...shared },
    },
  });
  return parseConfig(text, "config.yaml", {});
}

/** The same value, which notes the path of everything that is read in it. */
function watched<Value extends object>(value: Value, read: Set<string>, path: readonly string[] = []): Value {
  return new Proxy(value, {
    get(target, key) {
      const found: unknown = Reflect.get(target, key);
      if (typeof key === "symbol" || !Object.hasOwn(target, key)) return found;
      const here = [...path, key];
      if (typeof found === "object" && found !== null) return watched(found, read, here);
      read.add(here.join("."));
      return found;
    },
  });
}

function allLeaves({ backends, ...settings }: Config): string[] {
  const { backends: _, ...properties } = Settings.properties as Record<string, TSchema>;
  return [
    ...leavesOfMembers(properties, settings, []),
    ...Object.entries(BackendTypes).flatMap(([type, schema]) => leavesOf(schema, backends[type], ["backends", type])),
  ];
}

/** The paths of a schema's leaves; where keys are free, those of `value`, which must have one. */
function leavesOf(schema: TSchema, value: unknown, path: readonly string[]): string[] {
  if (schema[Kind] === "Object") return leavesOfMembers(schema.properties, value, path);
  const item = schema[Kind] === "Array" ? schema.items : Object.values(schema.patternProperties ?? {})[0];
  if (!item) return [path.join(".")];
  const keys = Object.keys(value ?? {});
  if (keys.length === 0) return [[...path, "*"].join(".")];
  return leavesOfMembers(Object.fromEntries(keys.map((key) => [key, item])), value, path);
}

function leavesOfMembers(schemas: Record<string, TSchema>, value: unknown, path: readonly string[]): string[] {
  const members = (value ?? {}) as Record<string, unknown>;
  return Object.entries(schemas).flatMap(([key, schema]) => leavesOf(schema, members[key], [...path, key]));
}
