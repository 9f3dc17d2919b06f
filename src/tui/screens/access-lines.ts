// In a few lines: how clients show who they are, what decides what they may do, and what is locked.
import { counted } from "../format.ts";
import type { Lock, Security } from "../state.ts";
import type { Line, Span } from "../theme.ts";
import { factLine } from "../widgets/facts.ts";

const KNOWN_BY: Readonly<Record<Security["incoming_auth"]["type"], Line>> = {
  anonymous: [["anonymous"], [", whoever reaches it is served", "muted"]],
  local: [
    ["local", "good"],
    [", by a shared token", "muted"],
  ],
  jwt: [
    ["jwt", "good"],
    [", by a signed token", "muted"],
  ],
  oidc: [
    ["oidc", "good"],
    [", by a token of the issuer", "muted"],
  ],
};

/** A few lines, and only two where there is no room for more: `few`. */
export function accessLines(security: Security, lock: Lock | undefined, few: boolean): Line[] {
  const { issuer, audience, type } = security.incoming_auth;
  if (few) {
    const whose: Span[] = [issuer, ...(audience ?? [])].filter((text) => text !== null).map((text) => [`  ${text}`]);
    const rules: Line = [
      ...policiesLine(security).slice(0, security.authorization.enabled ? 2 : 1),
      ["   tool lock  ", "muted"],
      ...lockLine(security),
    ];
    return [
      factLine("clients", whose.length > 0 ? [[type, "good"], ...whose] : KNOWN_BY[type]),
      factLine("policies", rules),
    ];
  }
  return [
    factLine("clients", KNOWN_BY[type]),
    factLine("issuer", issuer === null ? [["–", "muted"]] : [[issuer, "accent"]]),
    factLine("audience", audience === null ? [["–", "muted"]] : [[audience.join(", ")]]),
    factLine("policies", policiesLine(security)),
    factLine("tool lock", lockLine(security)),
    factLine("lock file", lock && lock.mode !== "off" ? [[lock.file, "muted"]] : [["–", "muted"]]),
  ];
}

function policiesLine({ authorization: { enabled, policies, default_effect: effect } }: Security): Line {
  if (!enabled) return [["off"], [", clients may use all that is offered", "muted"]];
  return [
    [`${counted(policies.length, "policy", "policies")}`, "good"],
    [`, else ${effect}`, "muted"],
  ];
}

function lockLine({ tool_lock: { mode, pending } }: Security): Line {
  if (mode === "off") return [["off"]];
  const waiting: Span = pending === 0 ? [", nothing to approve", "muted"] : [`, ${pending} to approve`, "warning"];
  return [[mode, "good"], waiting];
}
