// What tools, prompts and resources give, as lines.
import { expect, test } from "bun:test";
import { resultLines } from "../../../src/tui/call/result.ts";
import { jsonLines } from "../../../src/tui/json-lines.ts";
import { harmlessJson, visible, widthOf } from "../../../src/tui/text.ts";
import type { Line } from "../../../src/tui/theme.ts";

const texts = (lines: readonly Line[]) => lines.map((line) => line.map(([text]) => text).join(""));

test("texts as they are, and a line for what is none", () => {
  const content = [
    { type: "text", text: "one\n  two" },
    { type: "image", data: "AAAA", mimeType: "image/png" },
    { type: "audio", data: "A".repeat(4_000), mimeType: "audio/wav" },
    { type: "resource_link", uri: "file:///a", name: "a", mimeType: "text/plain", description: "The first." },
    { type: "resource", resource: { uri: "file:///b", mimeType: "text/plain", text: "inside" } },
    { type: "resource", resource: { uri: "file:///c", blob: "AA==" } },
    { type: "x-new", some: 1 },
  ];
  expect(texts(resultLines({ content }, 60))).toEqual([
    ...["one", "  two", "", "◆ image  image/png  3 bytes", "", "◆ audio  audio/wav  3.0 kB", ""],
    ...["→ a  file:///a  text/plain", "  The first.", "", "file:///b  text/plain", "inside", ""],
    ...["file:///c  ", "◆ binary    1 byte", "", "x-new", "{", '  "type": "x-new",', '  "some": 1', "}"],
  ]);
});

test("an endless text is cut, and says so", () => {
  const lines = texts(resultLines({ content: [{ type: "text", text: "x".repeat(300_000) }] }, 100));
  expect(lines).toHaveLength(2_001);
  expect(lines.at(-1)).toBe("… 100,000 more characters; copy has all of it");
});

test("a failed tool is red, structured content is JSON, and nothing is said to be nothing", () => {
  expect(resultLines({ isError: true, content: [{ type: "text", text: "no" }] }, 60)).toEqual([[["no", "bad"]]]);
  expect(texts(resultLines({ content: [], structuredContent: { a: [1] } }, 60))).toEqual([
    ...["structured content", "{", '  "a": [', "    1", "  ]", "}"],
  ]);
  expect(texts(resultLines({}, 60))).toEqual(["It gave nothing."]);
});

test("the messages of a prompt, and the contents of a resource", () => {
  const messages = [{ role: "user", content: { type: "text", text: "hello" } }];
  expect(texts(resultLines({ description: "Greets.", messages }, 60))).toEqual(["Greets.", "", "user", "hello"]);
  expect(texts(resultLines({ contents: [{ uri: "a://b", text: "x" }] }, 60))).toEqual(["a://b  ", "x"]);
});

test("what is no result by the protocol breaks nothing", () => {
  const odd = [null, 1, "x", [], { type: 1 }, { type: "text" }, { type: "image", data: 7 }, { type: "resource" }];
  expect(() => resultLines({ content: odd, messages: odd, contents: odd }, 10)).not.toThrow();
  expect(() => resultLines({ content: "x", structuredContent: null }, 1)).not.toThrow();
});

test("JSON keeps its width in any script, and nothing of it is lost", () => {
  const scripts = [
    "値がとても長い".repeat(20),
    "👩‍👩‍👧‍👦".repeat(40),
    "e\u0301".repeat(90),
    "a b".repeat(60),
    "\u001b[31m".repeat(30),
  ];
  for (const text of scripts) {
    const lines = texts(jsonLines({ 鍵: text, plain: [text] }, 40));
    for (const line of lines) expect(widthOf(visible(line))).toBeLessThanOrEqual(40);
    const unbroken = (parts: readonly string[]) => parts.join("").replaceAll(/\s/g, "");
    expect(unbroken(lines)).toBe(unbroken([JSON.stringify({ 鍵: text, plain: [text] })]));
  }
});

test("JSON keeps its width, and is cut where it is endless", () => {
  const lines = texts(jsonLines({ key: "word ".repeat(20), long: "x".repeat(10_000), list: [] }, 30));
  expect(lines.filter((line) => line.length > 30)).toEqual([]);
  expect(lines.join("")).toContain("… 6,002 more");
  const many = jsonLines(
    Array.from({ length: 30_000 }, () => 1),
    30,
  );
  expect(texts(many).at(-1)).toBe("… 10,002 more lines");
});

test("JSON to be edited says the same without what commands a terminal", () => {
  const value = { "\u009b31m": "\u202eevil\u{e0041}\u007f" };
  const text = harmlessJson(value);
  expect(text).not.toMatch(/[\u007f-\u009f]|\p{Bidi_Control}|\u{e0041}/u);
  expect(JSON.parse(text)).toEqual(value);
});
