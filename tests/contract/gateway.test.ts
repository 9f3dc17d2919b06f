// The contract suite through the gateway: each kind of backend, each mode of sharing, each transport and SDK of clients.
import { afterAll, beforeAll, describe } from "bun:test";
import type { Target } from "../fixtures/clients.ts";
import { kinds, startFull } from "../fixtures/full/start.ts";
import { startGateway } from "../fixtures/gateway.ts";
import { type Place, runScenarios } from "./messages/scenario.ts";
import { everyMessage } from "./messages.ts";

const clientTransports = [
  { transport: "sse", path: "/sse" },
  { transport: "streamable-http", path: "/mcp" },
] as const;

for (const kind of kinds) for (const via of ["shared", "session"] as const) describeBackend({ kind, via });

function describeBackend(place: Place): void {
  describe(`${place.kind} backend, ${place.via}`, () => {
    const opened = new AsyncDisposableStack();
    let url: string;
    beforeAll(async () => {
      const fixture = opened.use(await startFull(place.kind));
      const full = { ...fixture.backend, sharing: place.via };
      url = opened.use(await startGateway({ version: "1", backends: { full } })).url;
    });
    afterAll(() => opened.disposeAsync());
    for (const { transport, path } of clientTransports) {
      describe(`${transport} client`, () => {
        const target = (): Target => ({ transport, url: url + path });
        for (const sdk of ["v1", "v2"] as const) runScenarios(everyMessage, place, sdk, target);
      });
    }
  });
}
