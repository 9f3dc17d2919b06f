// The settings of the terminal UI: read from the server's file, of which nothing else matters.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these placeholders are the configuration's own.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { loadClientSettings } from "../../../src/config/client.ts";
import { folder } from "../../fixtures/command.ts";

const settings = async (text: string, more: Record<string, string> = {}) => {
  using place = folder({ "my.yaml": text });
  return await loadClientSettings({ ARGUS_CONFIG: join(place.directory, "my.yaml"), ...more }, { find });
};

const find = async () => ({ values: new Map([["management", "s3cr3t"]]), place: "here" });

test("gives the section, whatever is wrong in others", async () => {
  const client =
    'client: {server_url: "http://${HOST}:9000", token: "secret:management", theme: dark, servers_config: a.json}';
  const other = 'version: "1"\nbackends: {a: {type: nonsense, env: {KEY: "${UNSET}", TOKEN: "secret:absent"}}}\n';
  expect(await settings(other + client, { HOST: "a.example" })).toEqual({
    ...{ server_url: "http://a.example:9000", token: "s3cr3t", theme: "dark", servers_config: "a.json" },
  });
});

test.each(['version: "1"', 'version: "1"\nclient:', 'version: "1"\nclient: {server_url: null, token: null}'])(
  "%j has none",
  async (text) => {
    expect(await settings(text)).toEqual({});
  },
);

test("a file that is not there has none", async () => {
  expect(await loadClientSettings({ ARGUS_CONFIG: "/nowhere/config.yaml" })).toEqual({});
});

test.each([
  [
    'version: "1"\nclient: {server_ur: x}',
    'my.yaml:2:10: client.server_ur: unknown key "server_ur" — did you mean "server_url"?',
  ],
  ['version: "1"\nclient:\n  server_url: ftp://a', "my.yaml:3:3: client.server_url: "],
  [
    'version: "1"\nclient: {token: "${UNSET}"}',
    "my.yaml:2:10: client.token: the environment variable UNSET is not set",
  ],
  ["client: {", "my.yaml:1:10: not valid YAML"],
])("%j is refused with its place", async (text, message) => {
  await expect(settings(text)).rejects.toThrow(message);
});
