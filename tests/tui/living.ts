// The terminal UI in front of a living gateway with these backends, at its screen of capabilities.
import { ServerStore } from "../../src/tui/store.ts";
import { type Gateway, startGateway } from "../fixtures/gateway.ts";
import { type Robot, startRobot } from "./robot.ts";

export interface Living extends AsyncDisposable {
  gateway: Gateway;
  robot: Robot;
  /** Searches, and resolves when this is what is selected. */
  find(query: string, name: string): Promise<void>;
}

/** The two sizes that everything is to be well in. */
export const SIZES = [
  [80, 24],
  [200, 50],
] as const;

/** Starts both; the settings are further ones of the gateway. */
export async function showCapabilities(
  backends: Record<string, object>,
  [width, height]: readonly [number, number],
  settings: object = {},
): Promise<Living> {
  const gateway = await startGateway({ version: "1", backends, ...settings });
  const store = new ServerStore({ name: "test", url: gateway.url });
  const robot = await startRobot([store], { width, height });
  await robot.sees(/● live/);
  await robot.press("3");
  await robot.sees(/Tools [1-9]/);
  return {
    ...{ gateway, robot },
    find: async (query, name) => {
      await robot.press("/");
      await robot.type(query);
      await robot.press("RETURN");
      await robot.sees(`─ ${name} ─`);
    },
    async [Symbol.asyncDispose]() {
      await robot[Symbol.asyncDispose]();
      await gateway.stop();
    },
  };
}
