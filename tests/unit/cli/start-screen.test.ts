// The start screen, as somebody at a terminal sees it and as a file gets it.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { StartScreen } from "../../../src/cli/start-screen.ts";
import type { Fact, Stage } from "../../../src/model.ts";
import { entryOf, type LogLevel } from "../../../src/observe/log.ts";
import { TinyTerminal } from "../../fixtures/tiny-terminal.ts";

const url = "http://127.0.0.1:9000/mcp";
const head = `argus-mcp 1.2.3 is listening on ${url}`;
const summary = {
  places: [
    ["HTTP+SSE", "http://127.0.0.1:9000/sse"],
    ["log", "stderr"],
  ],
  url,
  connected: 1,
  total: 2,
  counts: { tools: 9, resources: 1, prompts: 2 },
} as const;
const summaryLines = [
  "  HTTP+SSE  http://127.0.0.1:9000/sse",
  "  log       stderr",
  "connect a client, for example",
  `  claude mcp add --transport http argus ${url}`,
  `  or in its configuration: { "mcpServers": { "argus": { "url": "${url}" } } }`,
  "ready: 1 of 2 backends connected, 9 tools, 1 resource, 2 prompts",
];

interface Setup {
  columns?: number;
  rows?: number;
  colours?: boolean;
  backends?: string[];
}

const GOOD: readonly Stage[] = ["backend_connecting", "backend_connected", "config_reloaded"];

/** A screen that listens; `seen` gives the lines of the terminal, or of the file where there is none. */
function started(setup: Setup = {}) {
  const { columns, rows = 24, colours = false, backends = ["memory", "files"] } = setup;
  const terminal = columns === undefined ? undefined : { columns, rows, colours };
  const tiny = new TinyTerminal(columns ?? Number.POSITIVE_INFINITY, rows);
  let text = "";
  let time = 0;
  const write = (more: string) => {
    tiny.write(more);
    text += more;
  };
  const screen = new StartScreen({ version: "1.2.3", terminal, write, now: () => time });
  screen.listening(url, backends);
  return {
    /** An event of a backend, after `seconds`: the screen learns of it, and the log. */
    happens(stage: Stage, backend: string, message: string, seconds = 0) {
      time += seconds * 1_000;
      const fact: Fact = { stage, severity: GOOD.includes(stage) ? "info" : "error", backend, message };
      screen.tell(fact);
      if (fact.severity === "error") screen.note(entryOf(fact.severity, message, backend));
    },
    note: (level: LogLevel, message: string) => screen.note(entryOf(level, message)),
    end: () => screen.end(summary),
    seen: () => tiny.seen(),
    text: () => text,
  };
}

describe("without a terminal", () => {
  test("there is a line for each backend, once, and the summary", () => {
    const screen = started();
    screen.happens("backend_connecting", "memory", "connecting");
    screen.happens("backend_failed", "files", "no such program", 0.25);
    screen.happens("backend_failed", "files", "no such program", 0.25);
    screen.happens("backend_connected", "memory", "connected: 9 tools", 1);
    screen.end();
    expect(screen.text()).not.toContain("\u001b");
    expect(screen.seen()).toEqual([
      head,
      "files: failed: no such program (0.3 s)",
      "memory: connected: 9 tools (1.5 s)",
      ...summaryLines,
    ]);
  });

  test("lines of the log come whole, and those of backends are shown again after the start", () => {
    const screen = started();
    screen.note("warning", "careful");
    screen.end();
    screen.happens("backend_failed", "files", "gone");
    const [, warning, ...rest] = screen.seen();
    expect(warning).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warning careful$/);
    expect(rest.at(-1)).toEndWith("Z error   [files] gone");
  });

  test("after the start it says what a reload has changed, and which backends have come", () => {
    const screen = started();
    screen.end();
    screen.happens("config_reloaded", "", "configuration reloaded: 1 backend added");
    screen.happens("backend_connecting", "new", "connecting");
    screen.happens("backend_connected", "new", "connected: 3 tools");
    // Where there is no file, the log comes here too.
    screen.note("info", "[new] connected: 3 tools");
    expect(screen.seen().slice(1 + summaryLines.length)).toEqual([
      "configuration reloaded: 1 backend added",
      "new: connected: 3 tools",
    ]);
  });

  test("a backend that is lost during the start has said so, and when it is back", () => {
    const screen = started();
    screen.happens("backend_connected", "memory", "connected: 9 tools");
    screen.happens("backend_disconnected", "memory", "exited", 1);
    screen.happens("backend_connected", "memory", "connected: 9 tools", 1);
    expect(screen.seen().slice(1)).toEqual([
      "memory: connected: 9 tools (0.0 s)",
      "memory: failed: exited (1.0 s)",
      "memory: connected: 9 tools (2.0 s)",
    ]);
  });
});

describe("on a terminal", () => {
  test("the list is drawn in place, in the order of the configuration", () => {
    const screen = started({ columns: 100 });
    expect(screen.seen()).toEqual([head, "  · memory  connecting", "  · files   connecting"]);
    screen.happens("backend_failed", "files", "no such program", 0.25);
    expect(screen.seen()).toEqual([head, "  · memory  connecting", "  ✖ files   failed: no such program (0.3 s)"]);
    screen.happens("backend_failed", "files", "no such program", 0.5);
    screen.happens("backend_connected", "memory", "connected: 9 tools", 0.5);
    const list = ["  ✔ memory  connected: 9 tools (1.3 s)", "  ✖ files   failed: no such program (0.3 s)"];
    expect(screen.seen()).toEqual([head, ...list]);
    screen.end();
    expect(screen.seen()).toEqual([head, ...list, ...summaryLines]);
  });

  test("lines of the log appear above the list, and after the summary", () => {
    const screen = started({ columns: 100 });
    screen.note("warning", "first");
    screen.happens("backend_connected", "memory", "connected");
    screen.note("error", "second");
    const list = ["  ✔ memory  connected (0.0 s)", "  · files   connecting"];
    expect(screen.seen()).toEqual([head, "warning: first", "error: second", ...list]);
    screen.end();
    screen.note("critical", "third");
    expect(screen.seen()).toEqual([
      head,
      "warning: first",
      "error: second",
      ...list,
      ...summaryLines,
      "critical: third",
    ]);
  });

  test("of more backends than rows the first are shown, and all in the end", () => {
    const backends = Array.from({ length: 10 }, (_, index) => `backend${index}`);
    const screen = started({ columns: 100, rows: 5, backends });
    const row = (name: string) => `  · ${name}  connecting`;
    const list = [...backends.slice(0, 3).map(row), "  … and 7 more"];
    expect(screen.seen()).toEqual([head, ...list]);
    screen.happens("backend_connected", "backend9", "connected");
    expect(screen.seen()).toEqual([head, ...list]);
    screen.end();
    const all = [...backends.slice(0, 9).map(row), "  ✔ backend9  connected (0.0 s)"];
    expect(screen.seen()).toEqual([head, ...all, ...summaryLines]);
  });

  test("a line that is too long is cut, and whole in the end", () => {
    const screen = started({ columns: 60, backends: ["memory"] });
    const reason = "no such program ".repeat(10);
    screen.happens("backend_failed", "memory", reason);
    expect(screen.seen().at(-1)).toBe(`${`  ✖ memory  failed: ${reason}`.slice(0, 59)}…`);
    screen.end();
    expect(screen.seen().join("")).toContain(reason);
  });

  test("what a backend says cannot steer the terminal", () => {
    const screen = started({ columns: 100, backends: ["memory"] });
    screen.happens("backend_failed", "memory", "a\u001b[2Jb\r\nc\td\u009be");
    expect(screen.seen().at(-1)).toBe("  ✖ memory  failed: a�[2Jb ⏎ c d�e (0.0 s)");
  });

  test.each([true, false])("colours: %p", (colours) => {
    const screen = started({ columns: 100, colours });
    screen.happens("backend_connected", "memory", "connected");
    screen.note("error", "careful");
    screen.end();
    expect(screen.text().includes("\u001b[32m✔\u001b[39m memory")).toBe(colours);
    expect(screen.text().includes("\u001b[31merror\u001b[39m: careful")).toBe(colours);
  });
});

/** Something that happens during the start: to a backend, by its index, or a line of the log. */
const step = fc.oneof(
  fc.record({
    index: fc.nat(14),
    stage: fc.constantFrom<Stage>("backend_connected", "backend_failed", "backend_disconnected"),
    message: fc.string({ maxLength: 60, unit: "binary-ascii" }),
  }),
  fc.record({ warning: fc.constantFrom("careful", "careful ".repeat(9).trim()) }),
);

test("whatever happens on a terminal of whatever size, nothing is torn, doubled or left behind", () => {
  const setup = fc.record({
    columns: fc.integer({ min: 8, max: 80 }),
    rows: fc.integer({ min: 2, max: 12 }),
    backends: fc.nat(15).map((count) => Array.from({ length: count }, (_, index) => `backend${index}`)),
  });
  fc.assert(
    fc.property(setup, fc.array(step, { maxLength: 20 }), ({ columns, rows, backends }, steps) => {
      const screen = started({ columns, rows, backends });
      const wrap = (line: string): string[] => line.match(new RegExp(`.{1,${columns}}`, "gu")) ?? [];
      const above = wrap(head);
      for (const each of steps) {
        if ("warning" in each) {
          screen.note("warning", each.warning);
          above.push(...wrap(`warning: ${each.warning}`));
        } else if (backends[each.index]) {
          screen.happens(each.stage, backends[each.index] ?? "", each.message);
        }
        const seen = screen.seen();
        expect(seen.slice(0, above.length)).toEqual(above);
        const list = seen.slice(above.length);
        expect(list).toHaveLength(Math.min(backends.length, rows - 1));
        const named = list.map((line) => /backend\d+/.exec(line)?.[0] ?? backends[list.indexOf(line)]);
        // There is room for "  · backend14" and the sign of what was cut.
        if (columns > 13) expect(named).toEqual(backends.slice(0, list.length));
      }
    }),
    { numRuns: 300 },
  );
});
