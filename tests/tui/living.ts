// The terminal UI in front of a living gateway, in the sizes that it must be good in.
import type { KeyInput } from "@opentui/core/testing";
import { SCREENS } from "../../src/tui/screens.ts";
import { ServerStore } from "../../src/tui/store.ts";
import { type Gateway, type GatewayOptions, startGateway } from "../fixtures/gateway.ts";
import { type Robot, startRobot } from "./robot.ts";

export const SIZES = [
  [80, 24],
  [200, 50],
] as const;

/** The key of the tab of this title. */
export function tab(title: string): KeyInput {
  return String(SCREENS.findIndex((screen) => screen.title === title) + 1) as KeyInput;
}

export interface Living extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly store: ServerStore;
  readonly robot: Robot;
}

export interface LivingOptions extends GatewayOptions {
  size?: readonly [width: number, height: number];
  /** Of the management API. */
  token?: string;
}

/** Starts a gateway with this configuration, or takes one that runs, and a robot in front of it that sees it live. */
export async function living(config: Gateway | object, options: LivingOptions = {}): Promise<Living> {
  const { size: [width, height] = SIZES[0], token, ...rest } = options;
  const gateway = "manage" in config ? (config as Gateway) : await startGateway(config, rest);
  const store = new ServerStore({ name: "test", url: gateway.url, token });
  const robot = await startRobot([store], { width, height });
  await robot.sees("● live");
  return {
    ...{ gateway, store, robot },
    async [Symbol.asyncDispose]() {
      await robot[Symbol.asyncDispose]();
      await gateway.stop();
    },
  };
}
