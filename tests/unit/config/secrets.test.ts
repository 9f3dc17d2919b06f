// Secrets that a configuration names: looked up once, in the store that its own section names, and never shown.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these placeholders are the configuration's own.
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { loadConfig } from "../../../src/config/load.ts";
import { ConfigError } from "../../../src/config/problem.ts";
import type { Config } from "../../../src/config/schema.ts";
import type { FindSecrets } from "../../../src/config/secrets.ts";
import { GatewayError } from "../../../src/errors.ts";
import { folder } from "../../fixtures/command.ts";

const values = new Map([
  ["token", 't0p "secret"'],
  ["port", "high-and-secret"],
]);

/** Loads a file of these lines, and notes what is looked up. */
async function load(lines: string[], environment = {}) {
  using place = folder({ "c.yaml": ["version: '1'", ...lines].join("\n") });
  const asked: { names: readonly string[]; where: Config["secrets"] }[] = [];
  const find: FindSecrets = async (names, where) => {
    asked.push({ names, where });
    return { values: new Map([...values].filter(([name]) => names.includes(name))), place: "the store" };
  };
  const config = await loadConfig(join(place.directory, "c.yaml"), environment, { find });
  return { config, asked };
}

/** The lines of the error, without the folder. */
async function problems(lines: string[], environment = {}): Promise<string[]> {
  try {
    await load(lines, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.lines.map((line) => line.replace(/^.*?(?=c\.yaml)/, ""));
    throw error;
  }
  throw new Error("it was accepted");
}

const backend = "backends: {a: {type: streamable-http, url: http://x/, headers: {Authorization: Bearer secret:token}}}";

describe("secrets", () => {
  test("are looked up once, each name once, whatever the form", async () => {
    const management = "server: {management: {token: '${secret:token}'}, log_level: '${LEVEL:-secret:level}'}";
    const { config, asked } = await load([backend, management], { LEVEL: "debug" });
    expect(asked).toEqual([{ names: ["token"], where: { provider: "file" } }]);
    expect(config.backends.a).toMatchObject({ headers: { Authorization: 'Bearer t0p "secret"' } });
    expect(config.server.management.token).toBe('t0p "secret"');
  });

  test("that nobody names are not looked up", async () => {
    expect((await load(["secrets: {provider: keychain}", "server: {port: 1}"])).asked).toEqual([]);
  });

  test("are where the section says, which may use variables", async () => {
    const { asked } = await load([backend, "secrets: {provider: '${P}', path: '${HOME}/s'}"], {
      P: "file",
      HOME: "/h",
    });
    expect(asked.map(({ where }) => where)).toEqual([{ provider: "file", path: "/h/s" }]);
  });

  test("that are missing are told with their places, among all other problems", async () => {
    expect(await problems(["server: {management: {token: 'secret:absent'}, port: x}", backend, "colour: red"])).toEqual(
      [
        'c.yaml:2:23: server.management.token: there is no secret "absent" in the store',
        'c.yaml:2:48: server.port: expected integer, but is "x" (the port; 0 takes a free one)',
        'c.yaml:4:1: colour: unknown key "colour"',
      ],
    );
  });

  test("are nowhere in what is told about them", async () => {
    const [line, ...more] = await problems(["server: {port: 'secret:port', log_level: 'x${secret:token}'}"]);
    expect(line).toBe(
      'c.yaml:2:10: server.port: expected integer, but is "***REDACTED***" (the port; 0 takes a free one)',
    );
    expect(more).toEqual([expect.stringContaining('server.log_level: "x***REDACTED***" is not one of debug')]);
  });

  test("cannot say where secrets are", async () => {
    expect(await problems([backend, "secrets: {path: '${secret:token}'}"])).toEqual([
      "c.yaml:3:11: secrets.path: the section that says where secrets are cannot have one itself",
    ]);
  });

  test("are not looked up where the section is wrong", async () => {
    expect(await problems([backend, "secrets: {provider: fil}"])).toEqual([
      'c.yaml:3:11: secrets.provider: "fil" is not one of file, env, keychain — did you mean "file"?',
    ]);
  });

  test("that cannot be read are one problem", async () => {
    using place = folder({ "c.yaml": `version: "1"\n${backend}` });
    const file = join(place.directory, "c.yaml");
    const find = () => Promise.reject(new GatewayError("config", "this key does not open it"));
    await expect(loadConfig(file, {}, { find })).rejects.toThrow(`${file}:1:1: secrets: this key does not open it`);
  });
});
