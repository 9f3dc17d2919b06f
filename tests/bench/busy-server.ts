// A server with 50 backends, 2,000 tools, and as many events as it is told to make: the management API itself, in a process of its own.

import type { Fact } from "../../src/model.ts";
import { Bus } from "../../src/observe/bus.ts";
import { backendOf, manage, programOf } from "../fixtures/program.ts";

/** What it is told: so many events a second from now on, or so many at once, of which the last says `mark`. */
export type Order = { rate: number } | { burst: number; mark: string };

const BACKENDS = 50;
const TOOLS = 40;

const names = Array.from({ length: BACKENDS }, (_, index) => `backend-${String(index + 1).padStart(2, "0")}`);
const backends = names.map((name, index) =>
  backendOf({
    ...{ name, pid: 5_000 + index, restarts: index % 3, group: index % 2 ? "work" : "default" },
    capabilities: { tools: TOOLS, resources: 2, prompts: 1 },
  }),
);
const tools = names.flatMap((backend) =>
  Array.from({ length: TOOLS }, (_, index) => {
    const name = `${backend}_tool_${index + 1}`;
    const description = `Does the work number ${index + 1} of ${backend}, and tells in a sentence or two what became of it.`;
    const properties = { path: { type: "string", description: "Where." }, count: { type: "integer", minimum: 1 } };
    const body = { name, description, inputSchema: { type: "object", properties, required: ["path"] } };
    const item = { text: JSON.stringify(body), body };
    return { ...{ backend, exposed: name, original: name, item, description }, filtered: false };
  }),
);

/** What happens at a gateway whose backends do not hold still, again and again. */
const HAPPENINGS: readonly Omit<Fact, "backend">[] = [
  { stage: "health", severity: "info", message: "answered in 12 ms" },
  { stage: "backend_disconnected", severity: "warning", message: "the process exited with code 1" },
  { stage: "backend_retrying", severity: "info", message: "next attempt in 0.5 s" },
  { stage: "backend_connecting", severity: "info", message: "connecting" },
  { stage: "backend_connected", severity: "info", message: "connected: 40 tools, 2 resources, 1 prompt" },
  { stage: "capability_change", severity: "info", message: "its tools have changed: 1 added" },
  {
    stage: "status",
    severity: "warning",
    message: "a line that is longer than what most terminals have room for ".repeat(3),
  },
];

const bus = new Bus();
const happened = { count: 0 };

function happen(): void {
  const turn = happened.count++;
  const { stage, severity, message } = HAPPENINGS[turn % HAPPENINGS.length] ?? {
    stage: "health",
    severity: "info",
    message: "",
  };
  bus.emit({ stage, severity, message: `${message} (${turn})`, backend: names[(turn * 7) % BACKENDS] ?? "" });
}

const inventory = { tools, resources: [], resourceTemplates: [], prompts: [] };
const program = programOf({
  ...{ backends: () => backends, inventory: () => inventory },
  events: (after) => bus.events(after),
  subscribe: (listener) => bus.subscribe(listener),
});
const server = manage(program).serve();
const beating: { timer?: Timer } = {};

process.on("message", (order: Order) => {
  if ("rate" in order) {
    clearInterval(beating.timer);
    if (order.rate > 0) beating.timer = setInterval(happen, 1_000 / order.rate);
    return;
  }
  for (let left = order.burst; left > 1; left--) happen();
  bus.emit({ stage: "config", severity: "info", message: order.mark });
});
process.on("disconnect", () => process.exit(0));
process.send?.(server.url.origin);
