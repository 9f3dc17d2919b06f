// Everything in one answer: what the single endpoints say, and where the stream of events goes on.
import { expect, test } from "bun:test";
import { Bus } from "../../../src/observe/bus.ts";
import { backendOf, manage, programOf } from "../../fixtures/program.ts";

interface Shown {
  last_event_id: string | null;
  events: { id: string; message: string }[];
  [part: string]: unknown;
}

const bus = new Bus();
const program = programOf({ backends: () => [backendOf()], events: (after) => bus.events(after) });
const { get } = manage(program);

/** Time passes between two requests. */
const timeless = (value: unknown) => JSON.parse(JSON.stringify(value).replace(/"uptime_seconds":[\d.]+/g, '"up":1'));

test("without events there is no last one", async () => {
  expect(await manage(programOf()).get("/snapshot")).toMatchObject({ last_event_id: null, events: [] });
});

test("has what the single endpoints have", async () => {
  for (let count = 0; count < 150; count++) bus.emit({ stage: "status", severity: "info", message: `${count}` });
  const shown = (await get("/snapshot")) as Shown;
  const parts = ["health", "status", "security", "backends", "sessions", "events"] as const;
  const { health, status, security, ...lists } = Object.fromEntries(
    await Promise.all(parts.map(async (part) => [part, await get(`/${part}`)])),
  );
  expect(timeless(shown)).toStrictEqual({
    last_event_id: bus.events().at(-1)?.id,
    ...timeless({ health, status, security }),
    backends: lists.backends.backends,
    sessions: lists.sessions.sessions,
    events: lists.events.events,
  });
  expect(shown.events.map(({ message }) => message)).toEqual(
    Array.from({ length: 100 }, (_, index) => `${50 + index}`),
  );
});

test("the last event is the newest that it has, and what comes later is after it", async () => {
  const { last_event_id: last, events } = (await get("/snapshot")) as Shown;
  expect(events.at(-1)?.id).toBe(last ?? "");
  bus.emit({ stage: "status", severity: "info", message: "later" });
  expect(bus.events(last ?? "").map(({ message }) => message)).toEqual(["later"]);
});
