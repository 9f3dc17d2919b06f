// What a backend is asked on each of its connections, as time goes by.
import { expect, test } from "bun:test";
import { Eras, type Protocol } from "../../../src/backend/eras.ts";
import type { JsonObject } from "../../../src/model.ts";
import { request } from "../../../src/protocol/message.ts";
import type { Answers } from "./answering.ts";
import { nobody, ScriptedServer } from "./scripted.ts";
import { SimulatedClock } from "./simulated-clock.ts";

const DAY = 24 * 60 * 60 * 1_000;
const discovered = (): JsonObject => ({ supportedVersions: ["2026-07-28"], capabilities: {} });

/** A backend whose connections are opened one after the other, to servers that answer like this at the time. */
function backend(protocol: Protocol = "auto") {
  const clock = new SimulatedClock();
  const eras = new Eras(clock);
  return {
    clock,
    /** Opens a connection, and gives what was asked for it. */
    async open(answers: Answers = {}): Promise<string[]> {
      const server = new ScriptedServer({}, answers);
      const { signal } = new AbortController();
      const opening = { protocol, apart: false, handlers: nobody, version: "0", timeout: 15, signal };
      const hello = request(0, "initialize", {});
      await eras.open({ ...opening, hello, transport: async () => server });
      return server.heard.flatMap(({ id, method }) => (id === undefined ? [] : String(method)));
    },
  };
}

test("a legacy server is asked for the other era once a day", async () => {
  const { open, clock } = backend();
  expect(await open()).toEqual(["server/discover", "initialize"]);
  expect(await open()).toEqual(["initialize"]);
  await clock.pass(DAY / 2);
  expect(await open()).toEqual(["initialize"]);
  await clock.pass(DAY / 2);
  expect(await open({ "server/discover": discovered })).toEqual(["server/discover"]);
  expect(await open({ "server/discover": discovered })).toEqual(["server/discover"]);
});

test("a modern server that has become a legacy one is found out at once", async () => {
  const { open } = backend();
  expect(await open({ "server/discover": discovered })).toEqual(["server/discover"]);
  expect(await open()).toEqual(["server/discover", "initialize"]);
  expect(await open()).toEqual(["initialize"]);
});

/** A server that refuses the version of its first questions, and says which ones it speaks. */
function refusing(supported: unknown, times = Number.POSITIVE_INFINITY): Answers {
  let left = times;
  return {
    "server/discover"() {
      if (left-- > 0) throw { code: -32022, message: "Unsupported protocol version", data: { supported } };
      return discovered();
    },
  };
}

test("a server that refuses the version which it says to speak is asked once more", async () => {
  expect(await backend().open(refusing(["2026-07-28"], 1))).toEqual(["server/discover", "server/discover"]);
  await expect(backend("modern").open(refusing(["2026-07-28"]))).rejects.toThrow("does not speak 2026-07-28");
});

test("a server that says which versions it speaks is spoken to in one of them, or not at all", async () => {
  for (const supported of [["2027-05-05", "2025-06-18"], "anything", []])
    expect(await backend().open(refusing(supported))).toEqual(["server/discover", "initialize"]);
  await expect(backend().open(refusing(["2027-05-05", "2028-01-01"]))).rejects.toThrow(
    "speaks only versions that are unknown here: 2027-05-05, 2028-01-01",
  );
  const later = { "server/discover": () => ({ ...discovered(), supportedVersions: ["2027-05-05"] }) };
  await expect(backend().open(later)).rejects.toThrow("speaks only versions that are unknown here: 2027-05-05");
});

test("with one era configured the other is never asked for", async () => {
  expect(await backend("legacy").open({ "server/discover": discovered })).toEqual(["initialize"]);
  expect(await backend("modern").open({ "server/discover": discovered })).toEqual(["server/discover"]);
  await expect(backend("modern").open()).rejects.toThrow("does not speak 2026-07-28");
});
