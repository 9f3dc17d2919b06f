// Variables in values: put in once, and every one that is missing is named.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these placeholders are the configuration's own.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { expand } from "../../../src/config/expand.ts";
import type { Problem } from "../../../src/config/problem.ts";

const environment = {
  SET: "value",
  EMPTY: "",
  NESTED: "${SET}",
  DOLLARS: "$& $1 $$",
  _under_1: "score",
  NAMES_A_SECRET: "secret:token",
};

const secrets: Record<string, string> = { token: "s3cret", "my.api-key_2": "k", nested: "${SET} secret:token" };

function expanded(value: unknown): { value: unknown; problems: Problem[] } {
  const problems: Problem[] = [];
  const secret = (name: string) => {
    const value = secrets[name];
    return value === undefined ? { problem: `no ${name}` } : { value };
  };
  return { value: expand(value, { environment, secret }, problems), problems };
}

test.each([
  ["${SET}", "value"],
  ["a ${SET}${_under_1} b", "a valuescore b"],
  ["${EMPTY}", ""],
  ["${SET:-other}", "value"],
  ["${UNSET:-other}", "other"],
  ["${UNSET:-}", ""],
  ["${EMPTY:-other}", "other"],
  ["${EMPTY:-}", ""],
  ["${UNSET:-a:-b}", "a:-b"],
  ["${NESTED}", "${SET}"],
  ["${DOLLARS}", "$& $1 $$"],
  ["$${SET}", "${SET}"],
  ["$$${SET}", "$${SET}"],
  ["$${UNSET} ${SET}", "${UNSET} value"],
  ["$SET $5 $ {SET} $$", "$SET $5 $ {SET} $$"],
  ["secret:token", "s3cret"],
  ["secret:my.api-key_2", "k"],
  ["Bearer secret:token", "Bearer s3cret"],
  ["secret:token\tsecret:token\n", "s3cret\ts3cret\n"],
  ["${secret:token}", "s3cret"],
  ["a=${secret:token}&b=${secret:my.api-key_2}", "a=s3cret&b=k"],
  ["secret:nested ${secret:nested}", "${SET} secret:token ${SET} secret:token"],
  ["${UNSET:-secret:token}", "s3cret"],
  ["${SET:-secret:absent}", "value"],
  ["${NAMES_A_SECRET}", "secret:token"],
  ["$${secret:token}", "${secret:token}"],
  ["a secret: token, a=secret:token, xsecret:token", "a secret: token, a=secret:token, xsecret:token"],
])("%s becomes %j", (text, expected) => {
  expect(expanded(text)).toEqual({ value: expected, problems: [] });
});

describe("a value", () => {
  test("without references stays what it is, whatever its type", () => {
    const plain = fc.object({
      key: fc.string(),
      values: [fc.boolean(), fc.double(), fc.constant(null), fc.stringMatching(/^[^$:]*$/)],
    });
    fc.assert(fc.property(plain, (value) => expect(expanded(value)).toEqual({ value, problems: [] })));
  });

  test("is expanded however deep, but no key is", () => {
    const value = { "${SET}": ["${SET}", { deep: "${SET}", number: 1, none: null }] };
    expect(expanded(value).value).toEqual({ "${SET}": ["value", { deep: "value", number: 1, none: null }] });
  });
});

test("all that is missing is told at once, with its place", () => {
  const { value, problems } = expanded({ a: "${ONE} ${TWO}", b: [{ c: "${THREE:-x} ${ONE}" }] });
  const message = (name: string) =>
    `the environment variable ${name} is not set; set it, or write \${${name}:-default}`;
  expect(problems).toEqual([
    { path: ["a"], message: message("ONE") },
    { path: ["a"], message: message("TWO") },
    { path: ["b", 0, "c"], message: message("ONE") },
  ]);
  expect(value).toEqual({ a: "${ONE} ${TWO}", b: [{ c: "x ${ONE}" }] });
});

test.each(["${}", "${A-b}", "${1A}", "${A:b}", "${unfinished"])("%s is told to be no reference", (text) => {
  const { value, problems } = expanded([text]);
  expect(problems).toEqual([{ path: [0], message: expect.stringContaining("is no reference") }]);
  expect(value).toEqual([text]);
});

test.each([
  ["secret:absent", "no absent"],
  ["Bearer secret:absent", "no absent"],
  ["${secret:absent}", "no absent"],
  ["${UNSET:-secret:absent}", "no absent"],
  ["secret:a/b", '"a/b" is no name for a secret'],
  ["secret:token'", `"token'" is no name for a secret`],
  ["secret:${SET}", '"${SET}" is no name for a secret'],
  ["${secret:}", '"" is no name for a secret'],
  ["${secret:token:-x}", '"token:-x" is no name for a secret'],
  ["${secret:token", "is no reference"],
])("%s is told to stand for nothing, and is not sent as it is", (text, message) => {
  expect(expanded({ a: text }).problems).toEqual([{ path: ["a"], message: expect.stringContaining(message) }]);
});

describe("the management token", () => {
  const token = (value: unknown) => ({ server: { management: { token: value } } });

  test.each(["${UNSET}", " ${UNSET}\n"])("is none where %j is not set", (text) => {
    expect(expanded(token(text))).toEqual({ value: token(null), problems: [] });
  });

  test.each([
    ["${SET}", "value"],
    ["${EMPTY}", ""],
    ["${UNSET:-other}", "other"],
    ["plain", "plain"],
    ["$${UNSET}", "${UNSET}"],
  ])("%s is %j", (text, expected) => {
    expect(expanded(token(text))).toEqual({ value: token(expected), problems: [] });
  });

  test.each(["prefix-${UNSET}", "${UNSET}${SET}", "${UNSET", "secret:absent", "${secret:absent}"])(
    "as %s is not guessed at",
    (text) => {
      const { value, problems } = expanded(token(text));
      expect(problems).toEqual([{ path: ["server", "management", "token"], message: expect.any(String) }]);
      expect(value).not.toEqual(token(null));
    },
  );

  test.each([
    [{ token: "${UNSET}" }, ["token"]],
    [{ server: { token: "${UNSET}" } }, ["server", "token"]],
    [{ x: token("${UNSET}") }, ["x", "server", "management", "token"]],
    [{ server: { management: { token: ["${UNSET}"] } } }, ["server", "management", "token", 0]],
  ])("is the only value that may name what is not set: %j", (value, path) => {
    expect(expanded(value).problems).toEqual([{ path, message: expect.stringContaining("UNSET is not set") }]);
  });
});
