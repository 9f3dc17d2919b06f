// The ring of what a backend has printed.
import { expect, test } from "bun:test";
import { Printed } from "../../../src/backend/printed.ts";

const linesOf = ({ lines }: Printed) => lines.map(({ line }) => line);

test("keeps lines in their order, with their time and without colours", () => {
  const printed = new Printed();
  printed.add("one");
  printed.add("\u001b[31mtwo\u001b[0m");
  const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  expect(printed.lines).toEqual([
    { timestamp, line: "one" },
    { timestamp, line: "two" },
  ]);
});

test("keeps the newest 200 lines", () => {
  const printed = new Printed();
  for (let count = 0; count < 1_000; count++) printed.add(`${count}`);
  expect(linesOf(printed)).toEqual(Array.from({ length: 200 }, (_, index) => `${800 + index}`));
});

test("keeps fewer where they are long", () => {
  const printed = new Printed();
  for (let count = 0; count < 100; count++) printed.add(`${count}`.padEnd(8_192));
  expect(linesOf(printed).map(Number)).toEqual(Array.from({ length: 32 }, (_, index) => 68 + index));
  printed.add("x".repeat(300_000));
  printed.add("after");
  expect(linesOf(printed)).toEqual(["after"]);
});
