// What a scenario of the contract suite is, and how all of them are run for one way to the fixture.
import { afterAll, beforeAll, describe, setDefaultTimeout, test } from "bun:test";
import { type ConnectOptions, connectClient, type Sdk, type Target, type TestClient } from "../../fixtures/clients.ts";
import type { Kind } from "../../fixtures/full/start.ts";

setDefaultTimeout(30_000);

export interface Place {
  /** How the fixture is connected. */
  kind: Kind;
  /** How the client's session and the fixture's meet: without a gateway, or through one in either mode of sharing. */
  via: "direct" | "shared" | "session";
}

export interface Setting extends Place {
  /** One client serves all scenarios, so a scenario only looks at messages that it can tell are its own. */
  client: TestClient;
  /** Connects another client in the same way. */
  connect(options?: ConnectOptions): Promise<TestClient>;
}

export interface Scenario {
  title: string;
  /** Where the scenario makes sense; everywhere if absent. */
  where?: (place: Place) => boolean;
  run(setting: Setting): Promise<void>;
}

/** The client has a session of the fixture to itself, with its own capabilities. */
export const ownSession = ({ via }: Place): boolean => via !== "shared";

/** All clients talk to one process of the fixture. */
export const oneProcess = ({ kind, via }: Place): boolean => kind !== "stdio" || via === "shared";

/** The gateway's catalog comes from the process that the client talks to. */
export const catalogOfThatProcess = ({ kind, via }: Place): boolean => kind !== "stdio" || via !== "session";

export function runScenarios(scenarios: Scenario[], place: Place, sdk: Sdk, target: () => Target): void {
  describe(`SDK ${sdk}`, () => {
    let setting: Setting;
    beforeAll(async () => {
      const connect = (options?: ConnectOptions) => connectClient(sdk, target(), options);
      setting = { ...place, client: await connect(), connect };
    });
    afterAll(() => setting.client[Symbol.asyncDispose]());
    for (const { title, where, run } of scenarios) {
      if (where?.(place) ?? true) test(title, () => run(setting));
    }
  });
}
