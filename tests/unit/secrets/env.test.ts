// Secrets of the environment: my-api-key is SECRET_MY_API_KEY, and nothing is ever written.
import { expect, test } from "bun:test";
import { openStore, secretsFile } from "../../../src/secrets/store.ts";

const environment = {
  SECRET_MY_API_KEY: "key",
  SECRET_A: "1",
  SECRET_EMPTY: "",
  SECRET_: "x",
  OTHER: "2",
  SECRET_Mixed: "3",
};
const store = await openStore("env", "", environment);

test("names and values come from variables that have something", async () => {
  expect(await store.names()).toEqual(["a", "my-api-key"]);
  expect(await store.read(["my-api-key", "a", "empty", "other"])).toEqual(
    new Map([
      ["my-api-key", "key"],
      ["a", "1"],
    ]),
  );
  expect(await store.read(["my.api_key"])).toEqual(new Map([["my.api_key", "key"]]));
});

test("it is read only", async () => {
  await expect(store.set("a", "2")).rejects.toThrow("read only");
  await expect(store.delete("a")).rejects.toThrow("read only");
});

test("the file is that of ARGUS_SECRETS_FILE, else the configured one, else the user's", () => {
  expect(secretsFile({ ARGUS_SECRETS_FILE: "/a" }, "/b")).toBe("/a");
  expect(secretsFile({}, "/b")).toBe("/b");
  expect(secretsFile({ XDG_CONFIG_HOME: "/x" })).toBe("/x/argus-mcp/secrets.enc");
  expect(secretsFile({})).toEndWith("/.config/argus-mcp/secrets.enc");
});
