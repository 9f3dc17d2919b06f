// How `argus-mcp server` reads its configuration: errors, expansion, and values given as text.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these placeholders are the configuration's own.
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { script, tiny } from "../fixtures/backends.ts";
import { folder, run } from "../fixtures/command.ts";
import { connect } from "../fixtures/connect.ts";
import { startGateway } from "../fixtures/gateway.ts";

/** Starts the server with this file and expects it to refuse; gives its lines on stderr. */
async function refusal(yaml: string): Promise<string[]> {
  using place = folder({ "config.yaml": yaml });
  const { code, stdout, stderr } = await run(["server", "--port", "0"], place);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).not.toMatch(/^\s+at /m);
  return stderr.trim().split("\n");
}

describe("errors", () => {
  test("are reported all at once, each with its place, its key and a hint", async () => {
    const lines = await refusal(
      [
        'version: "1"',
        "server:",
        "  port: high",
        "backends:",
        "  files:",
        "    type: stdio",
        "    comand: ls",
        "  web:",
        "    type: http",
        "    url: http://127.0.0.1:1/",
        "  2fast!:",
        "    type: stdio",
        "    command: ls",
        "colour: red",
      ].join("\n"),
    );
    const expected = [
      /config\.yaml:3:\d+.*server\.port/,
      /config\.yaml:7:5\b.*backends\.files\.comand.*unknown key "comand" — did you mean "command"\?/,
      /config\.yaml:9:\d+.*backends\.web\.type.*streamable-http/,
      /config\.yaml:11:3\b.*2fast!/,
      /config\.yaml:14:1\b.*unknown key "colour"/,
    ];
    for (const pattern of expected) expect(lines).toContainEqual(expect.stringMatching(pattern));
  });

  test.each([
    ["a file that is no YAML", 'version: "1"\nbackends: {a: [}\n', /config\.yaml:2:\d+/],
    ["a key that is given twice", 'version: "1"\nserver: {}\nserver: {}\n', /config\.yaml:3:1\b/],
    ["a missing version", "backends: {}\n", /version/],
    ["an unknown version", 'version: "2"\n', /config\.yaml:1:\d+.*version/],
    ["a file that is a list", "- version\n", /config\.yaml:1:1\b/],
    ["a required key that is missing", 'version: "1"\nbackends:\n  a:\n    type: stdio\n', /backends\.a.*command/],
    ["a key of another type", 'version: "1"\nbackends:\n  a: {type: sse, url: "http://a/", cwd: /}\n', /3:\d+.*cwd/],
    [
      "a URL that is not http",
      'version: "1"\nbackends:\n  a: {type: sse, url: "ftp://a/"}\n',
      /3:\d+.*backends\.a\.url/,
    ],
    [
      "a size with an unknown unit",
      'version: "1"\nserver:\n  limits: {body: 4 apples}\n',
      /3:\d+.*server\.limits\.body/,
    ],
    [
      "a negative time",
      'version: "1"\nbackends:\n  a: {type: stdio, command: a, timeouts: {init: -1}}\n',
      /3:\d+.*init/,
    ],
  ])("name %s", async (_, yaml, pattern) => {
    expect(await refusal(yaml)).toContainEqual(expect.stringMatching(pattern));
  });

  test("name every variable that is not set, and where", async () => {
    const lines = await refusal(
      'version: "1"\nbackends:\n  a:\n    type: stdio\n    command: ${ARGUS_ONE}\n    env: {KEY: "x${ARGUS_TWO}y"}\n',
    );
    expect(lines).toContainEqual(expect.stringMatching(/config\.yaml:5:\d+.*ARGUS_ONE/));
    expect(lines).toContainEqual(expect.stringMatching(/config\.yaml:6:\d+.*ARGUS_TWO/));
  });
});

/** A backend that writes down the environment and the arguments that it got. */
const witness = script('env > environment; printf "%s\\n" "$@" > arguments; exec sh "$tiny" witness');

async function witnessed(backend: object, env: Record<string, string> = {}) {
  await using gateway = await startGateway({ version: "1", backends: { witness: backend } }, { env });
  const lines = (name: string) => readFileSync(join(gateway.directory, name), "utf8").trimEnd().split("\n");
  return { environment: lines("environment"), arguments: lines("arguments") };
}

describe("expansion", () => {
  test("puts variables in, once", async () => {
    const env = {
      PLAIN: "${ARGUS_SET}",
      INSIDE: "a ${ARGUS_SET} b ${ARGUS_SET}",
      DEFAULT: "${ARGUS_UNSET:-fall back}",
      NO_DEFAULT_NEEDED: "${ARGUS_SET:-fall back}",
      EMPTY: "[${ARGUS_UNSET:-}]",
      LITERAL: "$${ARGUS_SET}",
      ONCE: "${ARGUS_NESTED}",
      DOLLAR: "$5 $ARGUS_SET",
    };
    const given = { ARGUS_SET: "set", ARGUS_NESTED: "${ARGUS_SET}" };
    const { environment } = await witnessed({ ...witness, env: { ...witness.env, ...env } }, given);
    const expected = [
      "PLAIN=set",
      "INSIDE=a set b set",
      "DEFAULT=fall back",
      "NO_DEFAULT_NEEDED=set",
      "EMPTY=[]",
      "LITERAL=${ARGUS_SET}",
      "ONCE=${ARGUS_SET}",
      "DOLLAR=$5 $ARGUS_SET",
    ];
    expect(environment).toEqual(expect.arrayContaining(expected));
  });

  test("reaches a variable that is set but empty", async () => {
    const { environment } = await witnessed(
      { ...witness, env: { ...witness.env, EMPTY: "[${ARGUS_EMPTY}]" } },
      { ARGUS_EMPTY: "" },
    );
    expect(environment).toContain("EMPTY=[]");
  });
});

describe("values", () => {
  test("of args and env may be numbers", async () => {
    const backend = { ...witness, args: [...witness.args, "sh", 42, 1.5, "007"], env: { ...witness.env, COUNT: 7 } };
    const { environment, arguments: given } = await witnessed(backend);
    expect(given).toEqual(["42", "1.5", "007"]);
    expect(environment).toContain("COUNT=7");
  });

  test("of the gateway's own environment are not inherited, but for a few", async () => {
    const { environment } = await witnessed(witness, {
      ARGUS_PRIVATE: "1",
      AWS_SECRET_ACCESS_KEY: "1",
      LANG: "de_DE.UTF-8",
    });
    const names = environment.map((line) => line.split("=", 1)[0]);
    expect(names).toEqual(expect.arrayContaining(["HOME", "PATH", "LANG"]));
    for (const name of ["ARGUS_PRIVATE", "AWS_SECRET_ACCESS_KEY"]) expect(names).not.toContain(name);
  });

  test("that are numbers and booleans may be given as text, also by expansion", async () => {
    const config = {
      version: "1",
      server: { port: "${ARGUS_PORT}", limits: { sessions: "5", session_idle: "2.5" } },
      backends: {
        on: { ...tiny("on"), enabled: "${ARGUS_ON}", timeouts: { init: "5", call: "0" } },
        off: { ...tiny("off"), enabled: "false" },
      },
    };
    await using gateway = await startGateway(config, { env: { ARGUS_PORT: "0", ARGUS_ON: "true" } });
    await using client = await connect(gateway.url);
    expect(await client.toolNames()).toEqual(["on"]);
  });

  test("that are text do not become numbers because a variable looks like one", async () => {
    const env = { ...witness.env, EXPANDED: "${ARGUS_VERSION}", LONG: "${ARGUS_LONG}" };
    const given = { ARGUS_VERSION: "1.10", ARGUS_LONG: "12345678901234567890" };
    const { environment } = await witnessed({ ...witness, env }, given);
    expect(environment).toEqual(expect.arrayContaining(["EXPANDED=1.10", "LONG=12345678901234567890"]));
  });

  test("may be absent: null sections are empty", async () => {
    await using gateway = await startGateway('version: "1"\nserver:\nbackends:\nconflict_resolution:\n');
    expect((await fetch(`${gateway.url}/manage/v1/health`)).status).toBe(200);
  });

  test.each(["1MiB", "1024KiB", "1048576", 1_048_576])("of sizes have units (%j)", async (body) => {
    await using gateway = await startGateway({ version: "1", server: { limits: { body } } });
    const send = async (bytes: number) => {
      const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
      return (await fetch(`${gateway.url}/mcp`, { method: "POST", headers, body: " ".repeat(bytes) })).status;
    };
    expect(await send(1_048_577)).toBe(413);
    expect(await send(1_048_576)).toBe(400);
  });
});
