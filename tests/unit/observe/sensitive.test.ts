// What is a secret by its name, and where secrets are in a configuration.
import { expect, test } from "bun:test";
import { isSensitive, secretsIn } from "../../../src/observe/sensitive.ts";

test.each([
  "Authorization",
  "x-api-key",
  "apiKey",
  "GITHUB_TOKEN",
  "client_secret",
  "DB_PASS",
  "PGPASSWORD",
  "Set-Cookie",
])("%s is the name of a secret", (name) => expect(isSensitive(name)).toBe(true));

test.each(["token_url", "maxTokens", "key", "PATH", "author", "bypass", "secrets", "cookies_enabled"])(
  "%s is not",
  (name) => expect(isSensitive(name)).toBe(false),
);

test("secrets are under such names, after such flags, in assignments and in URLs", () => {
  const config = {
    server: { port: 9000, management: { token: "t1" } },
    backends: {
      a: {
        args: ["--port", "80", "--token", "t2", "--api-key=t3", "-e", "MY_SECRET=t4", "plain"],
        env: { API_KEY: "t5", HOME: "/home", USE_TOKEN: "true" },
        headers: { Authorization: "Bearer t6", accept: "text/plain" },
        url: "https://user:t%407@host/path?access_token=t8&page=2",
      },
      b: { url: "https://t9@host/", auth: { client_secret: "t10", token_url: "https://issuer/token" } },
    },
  };
  const found = ["t1", "t2", "t3", "t4", "t5", "Bearer t6", "t6", "t8", "t%407", "t@7", "t9", "t9", "t10"];
  expect(secretsIn(config).sort()).toEqual(found.sort());
});
