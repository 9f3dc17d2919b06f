// What a key press is called, and how it finds what it does.
import { expect, test } from "bun:test";
import { bind, chordOf, find, labelOf } from "../../../src/tui/keys.ts";

const press = (name: string, parts: object = {}) =>
  chordOf({ name, sequence: "", ctrl: false, shift: false, meta: false, ...parts });

test("chords", () => {
  expect(press("g", { shift: true, sequence: "G" })).toBe("G");
  expect(press("?", { sequence: "?" })).toBe("?");
  expect(press("p", { ctrl: true, sequence: "\u0010" })).toBe("ctrl+p");
  expect(press("tab", { shift: true, sequence: "\u001b[Z" })).toBe("shift+tab");
  expect(press("b", { meta: true, sequence: "\u001bb" })).toBe("alt+b");
  expect(press("space", { sequence: " " })).toBe("space");
  expect(press("return", { sequence: "\r" })).toBe("return");
  expect(labelOf("return")).toBe("enter");
  expect(labelOf("ctrl+p")).toBe("ctrl+p");
});

test("a binding runs with its target and knows when it is disabled", () => {
  const target = { calls: 0, off: false };
  const actions = bind(
    [
      {
        ...{ keys: ["r", "R"], description: "Run", group: "Test" },
        run: (it: typeof target) => void it.calls++,
        disabledReason: (it: typeof target) => (it.off ? "it is off" : null),
      },
    ],
    target,
  );
  find(actions, "R")?.run();
  expect(target.calls).toBe(1);
  expect(find(actions, "r")?.disabledReason()).toBeNull();
  target.off = true;
  expect(find(actions, "r")?.disabledReason()).toBe("it is off");
  expect(find(actions, "x")).toBeUndefined();
});
