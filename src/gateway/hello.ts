// The gateway's answer to `initialize` and `server/discover`: what the backends offer, merged.
import type { Caller, JsonObject, Upstream } from "../model.ts";
import { withoutTasksExtension } from "../protocol/envelope.ts";
import { isObject } from "../protocol/message.ts";
import { offersTasks, speaksModern } from "./era.ts";

/** Lists may change at any time, when a backend comes or a configuration is reloaded: clients must be ready for it from the start. */
const ALWAYS = {
  tools: { listChanged: true },
  prompts: { listChanged: true },
  resources: { listChanged: true },
};

/** Declared while a backend has not answered yet, since capabilities cannot be declared later. */
const PERHAPS = { logging: {}, completions: {}, resources: { subscribe: true } };

/** The union of what the backends have for clients of an era, keys that no specification knows included. */
export function mergeCapabilities(upstreams: readonly Upstream[], era?: Caller["era"]): JsonObject {
  const offered = upstreams.map((upstream) => capabilitiesFor(era, upstream)).filter(isObject);
  const unknown = upstreams.some(({ offer }) => !offer) ? PERHAPS : {};
  return [ALWAYS, unknown, ...offered].reduce<JsonObject>(merge, {});
}

/** Tasks are one thing in the legacy era and another in the modern one: neither crosses over. */
function capabilitiesFor(era: Caller["era"], upstream: Upstream): JsonObject | undefined {
  const declared = upstream.offer?.hello.body.capabilities;
  if (!isObject(declared)) return undefined;
  const capabilities = era === "modern" && offersTasks(upstream) ? declared : withoutTasksExtension(declared);
  if (era !== "modern" && !speaksModern(upstream)) return capabilities;
  const { tasks: _, ...others } = capabilities;
  return others;
}

/** One backend's instructions as they are; those of several each under the backend's name. */
export function mergeInstructions(upstreams: readonly Upstream[]): string | undefined {
  const all = upstreams.flatMap(({ name, offer }) => {
    const { instructions } = offer?.hello.body ?? {};
    return typeof instructions === "string" && instructions.trim() ? { name, instructions } : [];
  });
  if (all.length <= 1) return all[0]?.instructions;
  return all.map(({ name, instructions }) => `# ${name}\n\n${instructions.trim()}`).join("\n\n");
}

function merge(base: JsonObject, added: JsonObject): JsonObject {
  const result = { ...base };
  for (const [key, value] of Object.entries(added)) {
    const before = result[key];
    if (isObject(before) && isObject(value)) result[key] = merge(before, value);
    else if (before === undefined || before === false) result[key] = value;
  }
  return result;
}
