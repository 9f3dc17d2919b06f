// The line that is typed at a hidden prompt, whatever pieces it comes in.

import { expect, test } from "bun:test";
import { EventEmitter } from "node:events";
import { readLine } from "../../../src/cli/prompt.ts";

/** What comes of these pieces of input. */
function typed(...pieces: string[]): Promise<string | undefined> {
  const input = new EventEmitter();
  const line = readLine(input);
  for (const piece of pieces) input.emit("data", Buffer.from(piece, "latin1"));
  input.emit("end");
  return line;
}

test.each<[string[], string | undefined]>([
  [["abc\r"], "abc"],
  [["a", "b", "c"], "abc"],
  [["\xc3", "\xbc\n"], "ü"],
  [["ax\u007f\bb\r"], "b"],
  [["no\u0015yes\r"], "yes"],
  [["a\u001b[Db\u001b[1;5Cc\u001bOPd\r"], "abcd"],
  [["a\u001b", "[Db", "\u001b[1;", "5Cc\u001bO", "Pd\r"], "abcd"],
  [["\u001b[200~pasted\u001b[201", "~\r"], "pasted"],
  [["half\u001b", "\u0003"], undefined],
  [["half\u001b[\u0003"], undefined],
])("%j is %j", async (pieces, line) => {
  expect(await typed(...pieces)).toBe(line);
});
