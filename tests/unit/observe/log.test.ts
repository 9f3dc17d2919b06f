// The lines of the log: which are written, what they look like, and what they cannot do.
import { expect, test } from "bun:test";
import fc from "fast-check";
import { createLog, type Entry, entryOf, type LogLevel, textOf } from "../../../src/observe/log.ts";

const levels: LogLevel[] = ["debug", "info", "warning", "error", "critical"];

test("a line has time, level, backend and message", () => {
  const before = Date.now();
  const { level, text, line } = entryOf("info", "connected", "memory");
  expect({ level, text }).toEqual({ level: "info", text: "[memory] connected" });
  const [time = "", ...rest] = line.split(" ");
  expect(rest.join(" ")).toBe("info    [memory] connected");
  expect(new Date(time).toISOString()).toBe(time);
  expect(Date.parse(time)).toBeWithin(before, Date.now() + 1);
  expect(entryOf("warning", "careful").line).toEndWith("Z warning careful");
});

test.each(levels)("messages of level %s and above are written", (threshold) => {
  const written: Entry[] = [];
  const log = createLog(threshold, (entry) => written.push(entry));
  for (const level of levels) log.write(level, "message");
  expect(written.map(({ level }) => level)).toEqual(levels.slice(levels.indexOf(threshold)));
});

test("the level can be changed at any time", () => {
  const written: string[] = [];
  const log = createLog("info", ({ text }) => written.push(text));
  log.write("debug", "not yet");
  log.level = "debug";
  log.write("debug", "now");
  log.level = "error";
  log.write("warning", "no more");
  expect(written).toEqual(["now"]);
});

test("line breaks are shown, and other control characters replaced", () => {
  expect(textOf("a\nb\r\nc\td\re\u001b[2Jf\u009bg\u0000")).toBe("a ⏎ b ⏎ c d�e�[2Jf�g�");
});

test("no message makes a second line, or one of over 8 KiB", () => {
  const unit = fc.constantFrom("a", "\n", "\r", "\u001b", "\u0085", "\u0000");
  fc.assert(
    fc.property(fc.string({ unit, minLength: 1, maxLength: 20 }), fc.nat(1_000), (part, times) => {
      const message = part.repeat(times);
      const { line } = entryOf("warning", message, "memory");
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
      expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      expect(line.length).toBeLessThan(8_192);
      expect(line.endsWith(" … (cut)")).toBe(message.replace(/\r?\n/g, "   ").length > 8_000);
    }),
  );
});
