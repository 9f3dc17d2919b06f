// The table by itself: thousands of rows, keys, clicks and the wheel.
import { expect, test } from "bun:test";
import { createTestRenderer } from "@opentui/core/testing";
import { themeOf } from "../../src/tui/theme.ts";
import { Table, type TableOptions } from "../../src/tui/widgets/table.ts";

interface Row {
  name: string;
}

const rowsOf = (count: number, first = 0): Row[] =>
  Array.from({ length: count }, (_, index) => ({ name: `row-${first + index}` }));

async function show(rows: Row[], options: Partial<TableOptions<Row>> = {}) {
  const setup = await createTestRenderer({ width: 30, height: 11 });
  const { renderer } = setup;
  const count = { cells: 0 };
  const ui = { context: renderer, theme: themeOf("dark"), redraw: () => renderer.requestRender() };
  const table = new Table<Row>(
    ui,
    {
      columns: [
        {
          ...{ title: "name", width: 20, grow: 1 },
          cell: ({ name }) => {
            count.cells++;
            return [[name]];
          },
        },
      ],
      key: ({ name }) => name,
      ...options,
    },
    { width: "100%", height: "100%" },
  );
  table.rows = rows;
  renderer.root.add(table);
  const frame = async () => {
    await setup.renderOnce();
    return setup.captureCharFrame();
  };
  await frame();
  return { ...setup, table, count, frame, [Symbol.dispose]: () => renderer.destroy() };
}

test("of two thousand rows only those in sight cost anything", async () => {
  using shown = await show(rowsOf(2_000));
  shown.count.cells = 0;
  shown.table.move(500);
  expect(await shown.frame()).toContain("row-500 ");
  expect(shown.count.cells).toBe(10);
  shown.count.cells = 0;
  shown.table.rows = [...shown.table.rows];
  await shown.frame();
  expect(shown.count.cells).toBe(10);
});

test("it moves by row, by page and to the ends, and stays inside", async () => {
  using shown = await show(rowsOf(100));
  const { table } = shown;
  const selected = () => table.selected?.name;
  table.move(1);
  expect(selected()).toBe("row-1");
  table.page(1);
  expect(selected()).toBe("row-10");
  table.move(Infinity);
  expect(selected()).toBe("row-99");
  expect(await shown.frame()).toContain("row-99");
  table.move(5);
  expect(selected()).toBe("row-99");
  table.move(-Infinity);
  table.page(-1);
  expect(selected()).toBe("row-0");
  expect(await shown.frame()).toContain("row-0 ");
});

test("what is selected stays so when rows come and go, and its neighbour is when it goes", async () => {
  using shown = await show(rowsOf(20));
  const { table } = shown;
  table.choose("row-7");
  table.rows = rowsOf(20, 5);
  expect(table.selected?.name).toBe("row-7");
  table.rows = rowsOf(1);
  expect(table.selected?.name).toBe("row-0");
  table.rows = [];
  expect(table.selected).toBeUndefined();
  table.choose("row-13");
  table.rows = rowsOf(20);
  expect(table.selected?.name).toBe("row-13");
  expect(await shown.frame()).toContain("row-13");
});

test("a click selects, a second one activates, the wheel scrolls", async () => {
  const activated: string[] = [];
  using shown = await show(rowsOf(100), { onActivate: ({ name }) => activated.push(name) });
  await shown.mockMouse.click(2, 4);
  expect(shown.table.selected?.name).toBe("row-3");
  expect(activated).toEqual([]);
  await shown.mockMouse.click(2, 4);
  expect(activated).toEqual(["row-3"]);
  await shown.mockMouse.scroll(2, 4, "down");
  expect(await shown.frame()).toMatch(/name[^\n]*\n *row-3 /);
  await shown.mockMouse.click(2, 1);
  expect(shown.table.selected?.name).toBe("row-3");
});

test("a log follows its end until somebody scrolls back, and again from the end on", async () => {
  using shown = await show(rowsOf(50), { log: true });
  expect(await shown.frame()).toContain("row-49");
  shown.table.rows = rowsOf(60);
  expect(await shown.frame()).toContain("row-59");
  shown.table.move(-20);
  shown.table.rows = rowsOf(70);
  expect(await shown.frame()).not.toContain("row-69");
  const first = /row-\d+/.exec(await shown.frame())?.[0];
  shown.table.rows = rowsOf(70, 10);
  expect(/row-\d+/.exec(await shown.frame())?.[0]).toBe(String(first));
  shown.table.move(Infinity);
  shown.table.rows = rowsOf(80);
  expect(await shown.frame()).toContain("row-79");
});
