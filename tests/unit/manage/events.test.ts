// The list of events, and their stream: replay, order, heartbeat, and its end.
import { afterEach, describe, expect, jest, test } from "bun:test";
import type { Event, Fact, Severity } from "../../../src/model.ts";
import { Bus } from "../../../src/observe/bus.ts";
import { type InProcess, manage, programOf } from "../../fixtures/program.ts";
import { until, within } from "../../fixtures/until.ts";

const fact = (message: string, severity: Severity = "info"): Fact => ({ stage: "status", severity, message });

function withBus(): InProcess & { bus: Bus; subscribers(): number; emit(...messages: string[]): string[] } {
  const bus = new Bus();
  let subscribers = 0;
  const subscribe = (listener: (event: Event) => void) => {
    const unsubscribe = bus.subscribe(listener);
    subscribers++;
    let subscribed = true;
    return () => {
      if (subscribed) subscribers--;
      subscribed = false;
      unsubscribe();
    };
  };
  const program = programOf({ events: (after) => bus.events(after), subscribe });
  const emit = (...messages: string[]) =>
    messages.map((message) => {
      bus.emit(fact(message));
      return bus.events().at(-1)?.id ?? "";
    });
  return { ...manage(program), bus, emit, subscribers: () => subscribers };
}

describe("GET /events", () => {
  const list = async ({ get }: InProcess, query = "") => {
    const { events } = (await get(`/events${query}`)) as { events: { message: string; timestamp: string }[] };
    return events;
  };
  const messages = async (of: InProcess, query = "") => (await list(of, query)).map(({ message }) => message);

  test("has the fields of the contract", async () => {
    const { bus, get } = withBus();
    bus.emit({ ...fact("one", "warning"), backend: "b", details: { count: 1 } });
    bus.emit(fact("two"));
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const id = expect.stringMatching(/^[0-9a-z]{9}-[0-9a-z]{7}$/);
    expect(await get("/events")).toStrictEqual({
      events: [
        {
          ...{ id, timestamp: time, stage: "status", message: "one", severity: "warning", backend: "b" },
          details: { count: 1 },
        },
        { id, timestamp: time, stage: "status", message: "two", severity: "info", backend: null, details: null },
      ],
    });
  });

  test("gives the newest, oldest first, a hundred unless told otherwise", async () => {
    const events = withBus();
    events.emit(...Array.from({ length: 1_100 }, (_, index) => `${index}`));
    const numbers = (from: number) => Array.from({ length: 1_100 - from }, (_, index) => `${from + index}`);
    expect(await messages(events)).toEqual(numbers(1_000));
    expect(await messages(events, "?limit=3")).toEqual(numbers(1_097));
    expect(await messages(events, "?limit=1000")).toEqual(numbers(100));
  });

  test("since an event gives what came after it", async () => {
    const events = withBus();
    const [one = "", two = ""] = events.emit("one", "two");
    events.emit("three");
    expect(await messages(events, `?since=${one}`)).toEqual(["two", "three"]);
    expect(await messages(events, `?since=${two}&limit=1`)).toEqual(["three"]);
    expect(await messages(events, "?since=000000000-0000000")).toEqual(["one", "two", "three"]);
    expect(await messages(events, "?since=zzzzzzzzz-0000000")).toEqual([]);
  });

  test("since a time gives what came then or later", async () => {
    const events = withBus();
    events.emit("one");
    const [first] = await list(events);
    const time = first?.timestamp ?? "";
    const shifted = (hours: number) => new Date(Date.parse(time) + hours * 3_600_000).toISOString();
    expect(await messages(events, `?since=${time}`)).toEqual(["one"]);
    expect(await messages(events, `?since=${shifted(0).replace("Z", "%2B00:00")}`)).toEqual(["one"]);
    expect(await messages(events, `?since=${shifted(-1)}`)).toEqual(["one"]);
    expect(await messages(events, `?since=${shifted(1)}`)).toEqual([]);
    expect(await messages(events, `?since=${shifted(-48).slice(0, 10)}`)).toEqual(["one"]);
    expect(await messages(events, `?since=${shifted(48).slice(0, 10)}`)).toEqual([]);
  });

  test("severity gives this level and above, of which limit counts", async () => {
    const events = withBus();
    for (const level of ["debug", "info", "warning", "error"] as const) events.bus.emit(fact(level, level));
    expect(await messages(events, "?severity=debug")).toEqual(["debug", "info", "warning", "error"]);
    expect(await messages(events, "?severity=warning")).toEqual(["warning", "error"]);
    events.emit("info again");
    expect(await messages(events, "?severity=warning&limit=1")).toEqual(["error"]);
  });

  test.each([
    ...["0", "1001", "-1", "1.5", "1e2", "0x10", "ten", "", "%205"].map((value) => ["limit", value]),
    ...["now", "", "2026-13-01", "2026-01-01T25:00:00Z", "12", "mebc1234k", "mebc1234k-00000122"].map((value) => [
      "since",
      value,
    ]),
    ...["critical", "INFO", ""].map((value) => ["severity", value]),
  ])("%s=%s is refused", async (field = "", value = "") => {
    const response = await withBus().ask("GET", `/events?${field}=${value}`);
    expect([response.status, await response.json()]).toMatchObject([
      400,
      {
        error: { code: "bad_request", details: [{ in: "query", field, message: expect.stringMatching(/^Expected/) }] },
      },
    ]);
  });
});

describe("GET /events/stream", () => {
  afterEach(() => void jest.useRealTimers());

  async function open(api: InProcess, { query = "", last }: { query?: string; last?: string } = {}) {
    const headers: Record<string, string> = last === undefined ? {} : { "last-event-id": last };
    const response = await api.ask("GET", `/events/stream${query}`, { headers });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const decoder = new TextDecoder();
    let text = "";
    return {
      response,
      /** Reads until the text has this, and gives it all. */
      async until(part: string): Promise<string> {
        while (!text.includes(part)) {
          const { value, done } = await within(`${part} in ${text}`, reader.read());
          if (done) throw new Error(`it has ended: ${text}`);
          text += decoder.decode(value, { stream: true });
        }
        return text;
      },
      async ended(): Promise<string> {
        for (let next = await reader.read(); !next.done; next = await reader.read()) text += decoder.decode(next.value);
        return text;
      },
      leave: () => reader.cancel(),
    };
  }

  const messagesIn = (text: string) => [...text.matchAll(/"message":"(\w+)"/g)].map(([, message]) => message);

  test("begins with a comment and tells each event as it happens", async () => {
    const api = withBus();
    const stream = await open(api);
    expect(stream.response.headers.get("content-type")).toBe("text/event-stream");
    expect(stream.response.headers.get("cache-control")).toContain("no-store");
    expect(await stream.until("\n\n")).toBe(": open\n\n");
    const [id] = api.emit("one");
    const [, event = ""] = (await stream.until("one")).split("\n\n");
    const [stage, ofId, data = ""] = event.split("\n");
    expect([stage, ofId]).toEqual(["event: status", `id: ${id}`]);
    expect(JSON.parse(data.replace(/^data: /, ""))).toMatchObject({ id, message: "one", backend: null, details: null });
    await stream.leave();
  });

  test("without Last-Event-ID tells nothing of before", async () => {
    const api = withBus();
    api.emit("before");
    const stream = await open(api);
    api.emit("after");
    expect(messagesIn(await stream.until("after"))).toEqual(["after"]);
    await stream.leave();
  });

  test("with Last-Event-ID begins with what came after it, and neither loses nor repeats", async () => {
    const api = withBus();
    const [one = ""] = api.emit("one", "two", "three");
    const stream = await open(api, { last: one });
    api.emit("four", "five");
    expect(messagesIn(await stream.until("five"))).toEqual(["two", "three", "four", "five"]);
    const again = await open(api, { last: "000000000-0000000" });
    expect(messagesIn(await again.until("five"))).toEqual(["one", "two", "three", "four", "five"]);
    await Promise.all([stream.leave(), again.leave()]);
  });

  test("with a severity tells this level and above, replayed or not", async () => {
    const api = withBus();
    api.bus.emit(fact("one", "error"));
    api.bus.emit(fact("two", "info"));
    const stream = await open(api, { query: "?severity=warning", last: "000000000-0000000" });
    api.bus.emit(fact("three", "debug"));
    api.bus.emit(fact("four", "warning"));
    expect(messagesIn(await stream.until("four"))).toEqual(["one", "four"]);
    await stream.leave();
  });

  test.each([
    ["?severity=loud", {}],
    ["", { "last-event-id": "7" }],
    ["", { "last-event-id": "2026-01-01T00:00:00Z" }],
  ])("%s %p is refused", async (query, headers) => {
    const api = withBus();
    expect(
      (await api.ask("GET", `/events/stream${query}`, { headers: headers as Record<string, string> })).status,
    ).toBe(400);
    expect(api.subscribers()).toBe(0);
  });

  test("beats every 15 s until the client leaves, and then holds nothing", async () => {
    jest.useFakeTimers();
    const api = withBus();
    const stream = await open(api);
    await stream.until(": open\n\n");
    expect(api.subscribers()).toBe(1);
    jest.advanceTimersByTime(14_999);
    api.emit("one");
    expect(await stream.until("one")).not.toContain("heartbeat");
    jest.advanceTimersByTime(1);
    expect(await stream.until("heartbeat")).toEndWith(": heartbeat\n\n");
    await stream.leave();
    expect([api.subscribers(), jest.getTimerCount()]).toEqual([0, 0]);
  });

  test("HEAD has its head and holds nothing", async () => {
    const api = withBus();
    using server = api.serve();
    const response = await fetch(`${server.url.origin}/manage/v1/events/stream`, { method: "HEAD" });
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
    await until("the stream has ended", () => api.subscribers() === 0);
  });

  test("a client that does not read is left", async () => {
    jest.useFakeTimers();
    const api = withBus();
    await open(api);
    const large = "x".repeat(1024 * 1024);
    for (let megabyte = 0; megabyte < 20; megabyte++) api.bus.emit(fact(large));
    expect([api.subscribers(), jest.getTimerCount()]).toEqual([0, 0]);
  });

  test("closing ends all, after what was said last", async () => {
    jest.useFakeTimers();
    const api = withBus();
    const streams = [await open(api), await open(api)];
    api.emit("last");
    api.closeStreams();
    expect([api.subscribers(), jest.getTimerCount()]).toEqual([0, 0]);
    api.emit("too late");
    for (const stream of streams) expect(messagesIn(await stream.ended())).toEqual(["last"]);
    api.closeStreams();
  });
});
