// Connects all backends of a configuration once, to look at what they offer.
import { systemClock } from "../backend/clock.ts";
import { backendOptions } from "../backend/definition.ts";
import { Supervisor } from "../backend/supervisor.ts";
import type { Config } from "../config/schema.ts";
import { Gateway } from "../gateway/gateway.ts";
import { createRedactor } from "../observe/redact.ts";
import { GrantStore } from "../secrets/grant-store.ts";
import { VERSION } from "../version.ts";
import { firstSignal } from "./signals.ts";

const nothing = () => undefined;

/** Gives what `look` makes of the backends, each of which was tried once; then they end, also where a signal ends the program before. `output` gets what they print beside messages. */
export async function connectOnce<Result>(
  config: Config,
  look: (backends: Supervisor) => Result,
  output: (backend: string, line: string) => void = nothing,
): Promise<Result> {
  const tokens = new GrantStore({ where: () => config.secrets, environment: process.env, emit: nothing });
  const supervisor = new Supervisor(backendOptions(config), {
    clock: systemClock,
    version: VERSION,
    downstream: new Gateway(),
    health: () => config.server.health,
    emit: nothing,
    redactor: createRedactor(),
    output,
    changed: nothing,
    tokens,
  });
  const connected = supervisor.start().then(() => undefined);
  let code: number | undefined;
  try {
    code = await Promise.race([connected, firstSignal()]);
    if (code === undefined) return look(supervisor);
  } finally {
    await supervisor.stop();
    await tokens.stop();
  }
  process.exit(code);
}
