// Explains what a role may see: connects every backend once, and tells for all that they offer which policy decides.
import type { Config } from "../config/schema.ts";
import { decisions } from "../gateway/access.ts";
import { buildSnapshot, type Snapshot } from "../gateway/gateway.ts";
import { sourcesOf } from "../gateway/sources.ts";
import { changesOf, withhold } from "../gateway/tool-changes.ts";
import { harmless } from "../observe/log.ts";
import { type Policy, policyOf, type Verdicts } from "../policy/rbac.ts";
import { pinOf } from "../protocol/pin.ts";
import { connectOnce } from "./connect-once.ts";

const OFF: Verdicts = { unrestricted: true, decide: () => ({ allowed: true, by: "authorization.enabled: false" }) };

/** One line for each backend and each of its capabilities: allow or deny, resource, backend, and what decides. `*` stands for who has no role. */
export function explain({ all }: Snapshot, policy: Policy | undefined, role: string): string[] {
  const verdicts = policy?.verdicts([role]) ?? OFF;
  return [...decisions(all, verdicts)].map(({ allowed, resource, backend, by }) =>
    [allowed ? "allow" : "deny", resource, backend, by].map(harmless).join("\t"),
  );
}

/** Explains a configuration; `warn` gets a sentence about each backend that does not tell what it offers. */
export async function explainConfig(config: Config, role: string, warn: (line: string) => void): Promise<string[]> {
  return await connectOnce(config, ({ upstreams }) => {
    for (const { name, offer } of upstreams)
      if (!offer) warn(`backend "${name}" cannot be connected: what it offers is missing here`);
    const sources = sourcesOf(config, upstreams);
    // Nobody is shown what the differences are.
    const comparison = { pinOf, redact: () => "" };
    const changes = changesOf(sources, { mode: config.server.tool_lock, lock: config.lock }, comparison);
    const snapshot = buildSnapshot(withhold(sources, changes), config.conflict_resolution);
    return explain(snapshot, policyOf(config.authorization), role);
  });
}
