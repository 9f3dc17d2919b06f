// The bus: ids that grow and sort, the newest thousand events, and listeners who come and go.
import { describe, expect, setSystemTime, test } from "bun:test";
import fc from "fast-check";
import type { Event, Fact } from "../../../src/model.ts";
import { Bus } from "../../../src/observe/bus.ts";

const fact = (message: string): Fact => ({ stage: "status", severity: "info", message });

function emit(bus: Bus, count: number): void {
  for (let number = 0; number < count; number++) bus.emit(fact(String(number)));
}

const messages = (events: Event[]) => events.map(({ message }) => Number(message));
const ids = (events: Event[]) => events.map(({ id }) => id);

describe("ids", () => {
  test("grow, and sort as text in the order of events", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1_000 }), (count) => {
        const bus = new Bus();
        emit(bus, count);
        const all = ids(bus.events());
        expect(all.toSorted()).toEqual(all);
        expect(new Set(all).size).toBe(count);
      }),
      { numRuns: 20 },
    );
  });

  test("grow across restarts, whatever number the events before had reached", () => {
    const day = 24 * 3_600_000;
    const start = fc.integer({ min: Date.UTC(2025, 0), max: Date.UTC(2100, 0) });
    const firstId = () => {
      const bus = new Bus();
      emit(bus, 1);
      return ids(bus.events())[0] ?? "";
    };
    try {
      fc.assert(
        fc.property(start, fc.integer({ min: 1, max: 365 * day }), (first, later) => {
          setSystemTime(new Date(first));
          const before = new Bus();
          emit(before, 200);
          setSystemTime(new Date(first + later));
          expect(firstId() > (ids(before.events()).at(-1) ?? "")).toBe(true);
        }),
      );
    } finally {
      setSystemTime();
    }
  });
});

describe("the ring", () => {
  test("keeps the newest thousand, oldest first", () => {
    const bus = new Bus();
    emit(bus, 2_500);
    expect(messages(bus.events())).toEqual(Array.from({ length: 1_000 }, (_, index) => 1_500 + index));
  });

  test("gives what came after an event, also after one that it does not hold any more", () => {
    const bus = new Bus();
    emit(bus, 3);
    const [first = "", , third = ""] = ids(bus.events());
    expect(messages(bus.events(first))).toEqual([1, 2]);
    expect(bus.events(third)).toEqual([]);
    emit(bus, 1_000);
    expect(messages(bus.events(first))).toEqual(messages(bus.events()));
  });

  test("gives nothing twice and leaves nothing out, wherever one goes on", () => {
    const bus = new Bus();
    emit(bus, 1_200);
    const all = bus.events();
    fc.assert(
      fc.property(fc.nat(999), (at) => expect(bus.events(all[at]?.id)).toEqual(all.slice(at + 1))),
      { numRuns: 30 },
    );
  });
});

describe("an event", () => {
  test("is the fact with an id and a time in UTC", () => {
    const bus = new Bus();
    const told: Fact = { ...fact("x"), backend: "a", details: { n: 1 } };
    bus.emit(told);
    const [event] = bus.events();
    expect(event).toEqual({ ...told, id: expect.any(String), timestamp: expect.any(String) });
    expect(new Date(event?.timestamp ?? "").toISOString()).toBe(event?.timestamp ?? "");
  });
});

describe("a listener", () => {
  test("hears everything from its subscription to its end, and nothing else", () => {
    const bus = new Bus();
    const heard: Event[] = [];
    emit(bus, 1);
    const end = bus.subscribe((event) => heard.push(event));
    emit(bus, 5);
    end();
    end();
    emit(bus, 1);
    expect(heard).toEqual(bus.events().slice(1, 6));
  });

  test("may end its subscription while it listens, and the others still hear", () => {
    const bus = new Bus();
    let heard = 0;
    const end = bus.subscribe(() => end());
    bus.subscribe(() => heard++);
    emit(bus, 2);
    expect(heard).toBe(2);
  });
});
