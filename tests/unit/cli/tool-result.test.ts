// What people see of a tool's result.
import { expect, test } from "bun:test";
import { readable } from "../../../src/cli/tool-result.ts";

test("text is printed as it is, and everything else as a note", () => {
  const blob = Buffer.alloc(3000).toString("base64");
  const content = [
    { type: "text", text: "a\nb" },
    { type: "image", data: "AAAA", mimeType: "image/png" },
    { type: "audio", data: blob, mimeType: "audio/wav" },
    { type: "resource_link", uri: "file:///a", name: "a" },
    { type: "resource", resource: { uri: "file:///b", text: "inside" } },
    { type: "resource", resource: { uri: "file:///c", mimeType: "image/png", blob: "AA==" } },
    { type: "vendor/new", value: 1 },
  ];
  expect(readable({ content })).toEqual([
    "a\nb",
    "[image image/png, 3 B]",
    "[audio audio/wav, 2.9 KiB]",
    "[resource file:///a, a]",
    "[resource file:///b]\ninside",
    "[resource file:///c, image/png, 1 B]",
    '{\n  "type": "vendor/new",\n  "value": 1\n}',
  ]);
});

test("structure is printed once, whether or not text repeats it", () => {
  const structuredContent = { degrees: 21.5 };
  const pretty = '{\n  "degrees": 21.5\n}';
  const repeated = [{ type: "text", text: '{"degrees": 21.5}' }];
  expect(readable({ content: repeated, structuredContent })).toEqual([pretty]);
  expect(readable({ content: [{ type: "text", text: "warm" }], structuredContent })).toEqual(["warm", pretty]);
});

test("nothing is printed of an empty result", () => {
  expect(readable({ content: [] })).toEqual([]);
  expect(readable({})).toEqual([]);
});
