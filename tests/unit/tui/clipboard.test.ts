// Text on its way to the clipboard: what terminals, tmux and screen are told.
import { expect, test } from "bun:test";
import { sequenceFor, terminalClipboard } from "../../../src/tui/clipboard.ts";

const plain = "\u001b]52;c;w7xiZXI=\u0007";

test("a terminal gets the text in base64, also over ssh", () => {
  expect(sequenceFor("über", { TERM: "xterm-256color", SSH_TTY: "/dev/pts/0" })).toBe(plain);
});

test("tmux gets it for itself and to be passed on", () => {
  const both = `${plain}\u001bPtmux;\u001b${plain}\u001b\\`;
  expect(sequenceFor("über", { TMUX: "/tmp/tmux,1,0", TERM: "screen-256color" })).toBe(both);
  expect(sequenceFor("über", { TERM: "tmux-256color" })).toBe(both);
});

test("screen gets it in pieces that it passes on", () => {
  const text = "x".repeat(100);
  const sequence = sequenceFor(text, { STY: "1.pts-0", TERM: "screen-256color" });
  const pieces = sequence.split("\u001bP").map((piece) => piece.replace("\u001b\\", ""));
  expect(pieces.join("")).toBe(`\u001b]52;c;${btoa(text)}\u0007`);
  expect(pieces.filter(({ length }) => length > 100)).toEqual([]);
});

test.each([
  [{ TERM: "linux" }, true],
  [{ TERM: "xterm-256color", TERM_PROGRAM: "Apple_Terminal" }, true],
  [{ TERM: "xterm-256color", TERM_PROGRAM: "iTerm.app" }, false],
  [{ TERM: "tmux-256color", TERM_PROGRAM: "tmux", TMUX: "x" }, false],
] as const)("%p is known to take none: %p", (environment, refuses) => {
  expect(terminalClipboard(environment, () => {}).reason !== null).toBe(refuses);
});
