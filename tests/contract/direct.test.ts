// The control: the contract suite without a gateway, so that a failure with one is the gateway's.
import { afterAll, beforeAll, describe } from "bun:test";
import { type FullFixture, kinds, startFull } from "../fixtures/full/start.ts";
import { runScenarios } from "./messages/scenario.ts";
import { everyMessage } from "./messages.ts";

for (const kind of kinds) {
  describe(`${kind} fixture, directly`, () => {
    let fixture: FullFixture;
    beforeAll(async () => {
      fixture = await startFull(kind);
    });
    afterAll(() => fixture[Symbol.asyncDispose]());
    for (const sdk of ["v1", "v2"] as const)
      runScenarios(everyMessage, { kind, via: "direct" }, sdk, () => fixture.target);
  });
}
