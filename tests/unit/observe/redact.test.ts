// The redactor: no form of a known secret is left in a text, credentials are seen by their looks, and all else stays as it is.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createRedactor, MASK, redactError } from "../../../src/observe/redact.ts";

const { redact, redactValue } = createRedactor();

describe("a known secret", () => {
  const secret = 'pa"ss\\w&rd/ü 1';
  const knowing = createRedactor([secret]);

  test.each([
    ["as it is", secret],
    ["in JSON", JSON.stringify({ a: secret })],
    ["in the query of a URL", String(new URLSearchParams({ a: secret }))],
    ["encoded for a URL", encodeURIComponent(secret)],
    ["in lower-case hexadecimals", encodeURIComponent(secret).toLowerCase().replaceAll("%c3%bc", "%c3%bc")],
  ])("is replaced %s", (_, text) => {
    const shown = knowing.redact(`before ${text} after`);
    expect(shown).toContain(MASK);
    for (const part of [secret, "w&rd", "w%26rd", "ss\\\\w", "%5cw"]) expect(shown).not.toContain(part);
    expect(shown).toStartWith("before ");
    expect(shown).toEndWith(" after");
  });

  test.each([
    ["PHP", 'pa\\"ss\\\\w&rd\\/\\u00fc 1'],
    ["PHP that leaves letters alone", 'pa\\"ss\\\\w&rd\\/ü 1'],
    ["Python", 'pa\\"ss\\\\w&rd/\\u00fc 1'],
    ["Go", 'pa\\"ss\\\\w\\u0026rd/ü 1'],
  ])("is replaced in the JSON of %s", (_, text) => {
    expect(JSON.parse(`"${text}"`)).toBe(secret);
    expect(knowing.redact(`{"a":"${text}"}`)).toBe(`{"a":"${MASK}"}`);
  });

  test("is replaced without the white space around it, as programs print it", () => {
    const { redact } = createRedactor(["hunter2\n\n", " \t  "]);
    expect(redact("I am hunter2 here")).toBe(`I am ${MASK} here`);
  });

  test("is replaced in base64, wherever it begins", () => {
    const token = "correct-horse-battery";
    const { redact } = createRedactor([token]);
    for (const user of ["", "1:", "12:", "123:", "1234:"]) {
      for (const end of ["", "!", "!!"]) {
        const encoded = Buffer.from(user + token + end).toString("base64");
        const shown = redact(encoded);
        expect(shown).toContain(MASK);
        expect(Buffer.from(shown.replace(MASK, ""), "base64").toString("latin1")).not.toMatch(/[a-z]{4}/);
      }
    }
  });

  test("is replaced line by line, for programs print a line at a time", () => {
    const key = "-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----";
    const { redact } = createRedactor([key]);
    expect(redact(key)).toBe(MASK);
    expect(redact("read MIIEvQIBADANBg first")).toBe(`read ${MASK} first`);
  });

  test("overlaps with another, or holds another, and nothing of either is left", () => {
    const { redact } = createRedactor(["abcdef", "defghi", "abcdefghijkl", "cdefgh"]);
    expect(redact("<abcdefghi>")).toBe(`<${MASK}>`);
    expect(redact("<abcdefghijkl>")).toBe(`<${MASK}>`);
    expect(redact("abcdef-defghi")).toBe(`${MASK}-${MASK}`);
  });

  test("that is shorter than four characters stays where no name tells what it is", () => {
    const { redact } = createRedactor(["abc", "", "REDACTED"]);
    expect(redact("abc REDACTED")).toBe("abc REDACTED");
    expect(redact("token=abc")).toBe(`token=${MASK}`);
  });

  test("can be learned at any time, and those of before stay known", () => {
    const redactor = createRedactor(["first-one"]);
    redactor.learn(["second-one"]);
    expect(redactor.redact("first-one second-one third-one")).toBe(`${MASK} ${MASK} third-one`);
  });

  test("is never left, whatever it and the text around it are", () => {
    const some = fc.string({ unit: "binary", minLength: 4, maxLength: 20 });
    fc.assert(
      fc.property(
        fc.array(some, { minLength: 1, maxLength: 5 }),
        fc.string(),
        fc.string(),
        (secrets, before, after) => {
          const { redact } = createRedactor(secrets);
          for (const secret of secrets.filter((candidate) => !MASK.includes(candidate))) {
            const shown = redact(`${before}${secret}${after}`);
            expect(shown.replaceAll(MASK, "")).not.toContain(secret);
          }
        },
      ),
    );
  });
});

describe("a credential", () => {
  test.each([
    ["Authorization: Bearer abc.def", `Authorization: ${MASK}`],
    ["authorization: Basic dXNlcjpwdw==, accept: a", `authorization: ${MASK}, accept: a`],
    ["sent Bearer sk-123", `sent Bearer ${MASK}`],
    ["X-Api-Key: k1 and more", `X-Api-Key: ${MASK} and more`],
    ["GITHUB_TOKEN=ghp_1 npm start", `GITHUB_TOKEN=${MASK} npm start`],
    ['{"password":"a b","port":1}', `{"password":"${MASK}","port":1}`],
    ['{\\"clientSecret\\": \\"x\\"}', `{\\"clientSecret\\": \\"${MASK}\\"}`],
    ["Cookie: a=b; c=d", `Cookie: ${MASK}`],
    ["run --token t1 --port 80", `run --token ${MASK} --port 80`],
    ["https://me:pw@host/x?api_key=k&page=2", `https://${MASK}@host/x?api_key=${MASK}&page=2`],
    ["https://ghp_1@host/", `https://${MASK}@host/`],
    ["it said eyJhbGciOiJIUzI1NiJ9.eyJzdWIi.c2ln again", `it said ${MASK} again`],
    ["key-eyJhbGciOiJIUzI1NiJ9.eyJzdWIi.c2ln.more", `key-${MASK}.more`],
    ["Mcp-Session-Id: 0b5e", `Mcp-Session-Id: ${MASK}`],
  ])("%s", (text, shown) => {
    expect(redact(text)).toBe(shown);
    expect(redact(shown)).toBe(shown);
  });

  test.each([
    "a bearer token is required",
    "the bearer token is wrong",
    'Bearer error="invalid_token", resource_metadata="http://a/b"',
    "max_tokens: 5, token_url: http://issuer/token",
    "there is no secret my-key, which secret:my-key names",
    "config.yaml:3:5: server.management.token: expected string",
    'config.yaml:1:16: authorization: unknown key "authorization"',
    "backends.a.env.API_KEY: the environment variable KEY is not set",
    "connected to https://host/path?page=2 as me@example.com",
    "12 tests pass: 3 fail",
  ])("is not: %s", (text) => {
    expect(redact(text)).toBe(text);
  });

  test("is found in time that grows with the text and no faster", () => {
    const slow = [
      "token=",
      'token="',
      "cookie: ",
      "--token ",
      "https://a:",
      "eyJaaaaaaaaa.",
      "bearer ",
      "a.a-",
      '\\\\"',
      "-eyJ",
    ].map((part) => part.repeat(1_000_000 / part.length));
    for (const text of [...slow, `--token${" ".repeat(1_000_000)}`, `eyJ${"a".repeat(1_000_000)}`]) {
      const start = performance.now();
      redact(text);
      // A quadratic search would take minutes.
      expect(performance.now() - start).toBeLessThan(5_000);
    }
  });

  test("redacting twice changes nothing", () => {
    const word = fc.constantFrom(
      "token",
      "Bearer ",
      "secret",
      ":",
      "=",
      " ",
      '"',
      "\\",
      "cookie",
      "a1",
      "https://",
      "@",
      MASK,
    );
    const knowing = createRedactor(["a1a1"]);
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        const once = knowing.redact(words.join(""));
        expect(knowing.redact(once)).toBe(once);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("structured values", () => {
  test("lose what is under the name of a secret, and keep what describes one", () => {
    const value = {
      token: "t",
      "set-cookie": ["a", "b"],
      password: { type: "string", description: "Bearer abc.1" },
      port: 80,
      API_KEY: 7,
      apiKey: null,
      list: ["token=x"],
    };
    const shown = redactValue(value);
    expect(JSON.parse(JSON.stringify(shown))).toEqual({
      token: MASK,
      "set-cookie": [MASK, MASK],
      password: { type: "string", description: `Bearer ${MASK}` },
      port: 80,
      API_KEY: MASK,
      apiKey: null,
      list: [`token=${MASK}`],
    });
    expect(value.token).toBe("t");
  });

  test("may have secrets as keys, and what is no plain data", () => {
    const date = new Date();
    expect(createRedactor(["my-secret"]).redactValue({ "my-secret": { date } })).toEqual({ [MASK]: { date } } as never);
  });

  test("may be deeper than anybody reads", () => {
    const deep = JSON.parse(`${'{"a":'.repeat(5_000)}"end"${"}".repeat(5_000)}`);
    expect(JSON.stringify(redactValue(deep))).toContain(MASK);
  });
});

test("an error says nothing secret, and stays the same error", () => {
  const error = new TypeError("cannot reach https://me:pw@host");
  expect(redactError(error, { redact, redactValue, learn: () => undefined })).toBe(error);
  expect(error.message).toBe(`cannot reach https://${MASK}@host`);
  expect(error.stack).not.toContain("me:pw");
});
