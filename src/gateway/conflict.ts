// Refuses what the strategy `error` forbids.
import { GatewayError } from "../errors.ts";
import type { Conflict } from "./catalog.ts";
import type { NamingRules } from "./naming.ts";

/** Throws GatewayError `conflict` that names the first two backends and what both offer, under strategy `error`. */
export function mustNotConflict({ strategy }: NamingRules, [first]: readonly Conflict[]): void {
  if (strategy !== "error" || !first) return;
  const { kind, name, kept, dropped } = first;
  const who = kept === dropped ? `backend "${kept}" offers` : `backends "${kept}" and "${dropped}" both offer`;
  const twice = kept === dropped ? " twice" : "";
  throw new GatewayError(
    "conflict",
    `${who} ${JSON.stringify(name)} (${kind})${twice}, which conflict_resolution.strategy: error forbids; rename or filter one of them`,
  );
}
