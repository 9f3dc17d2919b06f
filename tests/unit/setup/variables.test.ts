// How references of other programs are written in the configuration.
import { expect, test } from "bun:test";
import { settled, translated, variable } from "../../../src/setup/variables.ts";

const client = { expands: true };
const editor = { expands: false, places: { home: "/home/me", project: "/project" } };

test.each<[string, string]>([
  ["plain $5 and {x}", "plain $5 and {x}"],
  [`\${env:KEY}`, `\${KEY}`],
  [`Bearer \${env:KEY}!`, `Bearer \${KEY}!`],
  [`\${workspaceFolder}/a`, "/project/a"],
  [`\${userHome}\${/}b\${pathSeparator}c`, "/home/me/b/c"],
  [`\${KEY}`, `$\${KEY}`],
  [`\${anything else}`, `$\${anything else}`],
  ["$KEY", "$KEY"],
])("%j in an editor's file", (text, expected) => {
  const notes: string[] = [];
  expect(translated(text, editor, notes)).toBe(expected);
  expect(notes).toEqual([]);
});

test.each<[string, string]>([
  [`\${KEY}`, `\${KEY}`],
  [`\${KEY:-a default}`, `\${KEY:-a default}`],
  ["$KEY", "$KEY"],
  [`\${a b}`, `$\${a b}`],
])("%j where variables are expanded", (text, expected) => {
  expect(translated(text, client, [])).toBe(expected);
});

test("bare variables are variables where they are", () => {
  expect(translated(`$KEY/\${OTHER}`, { expands: true, bare: true }, [])).toBe(`\${KEY}/\${OTHER}`);
});

test("what somebody was asked for becomes a variable, and is noted", () => {
  const notes: string[] = [];
  expect(translated(`Bearer \${input:perplexity-key}`, editor, notes)).toBe(`Bearer \${PERPLEXITY_KEY}`);
  expect(translated(`\${file:/run/api.key}`, editor, notes)).toBe(`\${API_KEY}`);
  expect(notes).toEqual([
    "the editor asked for perplexity-key: set PERPLEXITY_KEY, or write secret:NAME",
    "the content of /run/api.key is not read: set API_KEY, or write secret:NAME",
  ]);
});

test("a place that nobody knows is here, and is noted", () => {
  const notes: string[] = [];
  expect(translated(`\${workspaceFolder}/a`, { expands: false }, notes)).toBe("./a");
  expect(notes).toHaveLength(1);
});

test("a variable that is not set gets an empty default, and is noted", () => {
  const notes: string[] = [];
  expect(settled(`\${SET} \${UNSET} $\${KEPT} \${GIVEN:-x}`, { SET: "" }, notes)).toBe(
    `\${SET} \${UNSET:-} $\${KEPT} \${GIVEN:-x}`,
  );
  expect(notes).toEqual(["UNSET is not set now; it is empty until it is"]);
});

test.each([
  ["api-key", "API_KEY"],
  ["API_KEY", "API_KEY"],
  ["myKey", "myKey"],
  ["1st key", "_1ST_KEY"],
])("%j is the variable %s", (name, expected) => {
  expect(variable(name)).toBe(expected);
});
