// Tables in narrow and wide windows: what goes first, and who gets what is left.
import { expect, test } from "bun:test";
import { type Column, layOut } from "../../../src/tui/widgets/columns.ts";

const rows = [{ name: "a" }, { name: "longer" }];
const columns: Column<{ name: string }>[] = [
  { title: "name", width: "fit", cell: ({ name }) => [[name]] },
  { title: "type", width: 6, rank: 2, cell: () => [] },
  { title: "group", width: 6, rank: 3, cell: () => [] },
  { title: "error", width: 10, grow: 1, cell: () => [] },
];
const laidOut = (width: number) => layOut(columns, rows, width).map(({ column, width }) => `${column.title} ${width}`);

test("all columns where there is room, and the rest for the one that grows", () => {
  expect(laidOut(44)).toEqual(["name 6", "type 6", "group 6", "error 20"]);
});

test("the least important ones go first, the others never", () => {
  expect(laidOut(33)).toEqual(["name 6", "type 6", "error 17"]);
  expect(laidOut(20)).toEqual(["name 6", "error 12"]);
  expect(laidOut(5)).toEqual(["name 5"]);
});

test("what can spare something gets narrower before others go", () => {
  const sparing = columns.map((column) => (column.title === "error" ? { ...column, min: 4 } : column));
  const widths = (width: number) => layOut(sparing, rows, width).map(({ column, width }) => `${column.title} ${width}`);
  expect(widths(30)).toEqual(["name 6", "type 6", "group 6", "error 6"]);
  expect(widths(27)).toEqual(["name 6", "type 6", "error 11"]);
  expect(widths(13)).toEqual(["name 6", "error 5"]);
  expect(widths(10)).toEqual(["name 6", "error 2"]);
});

test("a column that fits its cells has a limit", () => {
  const limited = [
    { title: "n", width: "fit" as const, max: 3, cell: ({ name }: { name: string }) => [[name]] as const },
  ];
  expect(layOut(limited, rows, 80).map(({ width }) => width)).toEqual([3]);
});
