// Explains what a role may see: connects every backend once, and tells for all that they offer which policy decides.
import { systemClock } from "../backend/clock.ts";
import { backendOptions } from "../backend/definition.ts";
import { Supervisor } from "../backend/supervisor.ts";
import type { Config } from "../config/schema.ts";
import { decisions } from "../gateway/access.ts";
import { buildSnapshot, Gateway, type Snapshot } from "../gateway/gateway.ts";
import { sourcesOf } from "../gateway/sources.ts";
import { type Policy, policyOf, type Verdicts } from "../policy/rbac.ts";
import { VERSION } from "../version.ts";

const OFF: Verdicts = { unrestricted: true, decide: () => ({ allowed: true, by: "authorization.enabled: false" }) };

/** One line for each backend and each of its capabilities: allow or deny, resource, backend, and what decides. `*` stands for who has no role. */
export function explain({ all }: Snapshot, policy: Policy | undefined, role: string): string[] {
  const verdicts = policy?.verdicts([role]) ?? OFF;
  return [...decisions(all, verdicts)].map(({ allowed, resource, backend, by }) =>
    [allowed ? "allow" : "deny", resource, backend, by].join("\t"),
  );
}

/** Explains a configuration; `warn` gets a sentence about each backend that does not tell what it offers. */
export async function explainConfig(config: Config, role: string, warn: (line: string) => void): Promise<string[]> {
  const supervisor = new Supervisor(backendOptions(config), {
    clock: systemClock,
    version: VERSION,
    downstream: new Gateway(),
    health: () => config.server.health,
    emit: () => undefined,
    output: () => undefined,
    changed: () => undefined,
  });
  try {
    await supervisor.start();
    for (const { name, offer } of supervisor.upstreams)
      if (!offer) warn(`backend "${name}" cannot be connected: what it offers is missing here`);
    const snapshot = buildSnapshot(sourcesOf(config, supervisor.upstreams), config.conflict_resolution);
    return explain(snapshot, policyOf(config.authorization), role);
  } finally {
    await supervisor.stop();
  }
}
