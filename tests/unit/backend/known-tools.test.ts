// What is known of a modern backend's tools: of those that were listed last, however many there were.
import { expect, test } from "bun:test";
import { KnownTools } from "../../../src/backend/known-tools.ts";
import { resultMessage } from "../../../src/protocol/message.ts";

const inputSchema = { type: "object", properties: { region: { type: "string", "x-mcp-header": "Region" } } };
const tool = (name: string) => ({ name, inputSchema, outputSchema: { type: "array" } });

test("of a server whose tools have ever new names, the newest are known", () => {
  const tools = new KnownTools();
  for (let count = 0; count < 10_001; count++) {
    tools.note(resultMessage({ tools: [tool("stays"), tool(`tool ${count}`)] }));
  }
  const known = (name: string) => [tools.headersOf(name).length, tools.isWrapped(name)];
  expect(known("stays")).toEqual([1, true]);
  expect(known("tool 10000")).toEqual([1, true]);
  expect(known("tool 1")).toEqual([0, false]);
});
