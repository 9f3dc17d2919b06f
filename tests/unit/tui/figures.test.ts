// Figures as people read them: durations, latencies, bars.
import { expect, test } from "bun:test";
import { count, counted, duration, latency } from "../../../src/tui/format.ts";
import { sparkline } from "../../../src/tui/widgets/sparkline.ts";

test("durations have two units at most", () => {
  const texts = [0, 59.9, 60, 3_599, 3_600, 90_061, -5].map(duration);
  expect(texts).toEqual(["0s", "59s", "1m", "59m 59s", "1h", "1d 1h", "0s"]);
});

test("latencies have the digits that matter", () => {
  expect([null, 0.44, 9.96, 12.3, 999, 1_340].map(latency)).toEqual([
    "",
    "0.4 ms",
    "10.0 ms",
    "12 ms",
    "999 ms",
    "1.3 s",
  ]);
});

test("counts", () => {
  expect(count(1_204)).toBe("1,204");
  expect(counted(1, "tool")).toBe("1 tool");
  expect(counted(0, "policy", "policies")).toBe("0 policies");
});

test("bars: the newest on the right, the highest fills the lines, nothing and little can be told apart", () => {
  expect(sparkline([0, 1, 100], 5)).toEqual(["  ▁▂█"]);
  expect(sparkline([1, 2, 3, 4], 2)).toEqual(["▆█"]);
  expect(sparkline([4, 8], 2, 2)).toEqual([" █", "██"]);
  expect(sparkline([], 3, 2)).toEqual(["   ", "   "]);
});
