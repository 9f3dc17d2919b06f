// What a backend is asked on each of its connections, as time goes by.
import { expect, test } from "bun:test";
import { Eras, type Protocol } from "../../../src/backend/eras.ts";
import type { JsonObject } from "../../../src/model.ts";
import { request } from "../../../src/protocol/message.ts";
import type { Answers } from "./answering.ts";
import { ScriptedServer } from "./scripted.ts";
import { SimulatedClock } from "./simulated-clock.ts";

const DAY = 24 * 60 * 60 * 1_000;
const discovered = (): JsonObject => ({ supportedVersions: ["2026-07-28"], capabilities: {} });
const handlers = {
  ask: () => Promise.reject(new Error("nobody asks")),
  notify() {},
  noise() {},
  closed() {},
  ending() {},
};

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
      const opening = { protocol, apart: false, handlers, version: "0", timeout: 15, signal };
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

test("with one era configured the other is never asked for", async () => {
  expect(await backend("legacy").open({ "server/discover": discovered })).toEqual(["initialize"]);
  expect(await backend("modern").open({ "server/discover": discovered })).toEqual(["server/discover"]);
  await expect(backend("modern").open()).rejects.toThrow("does not speak 2026-07-28");
});
