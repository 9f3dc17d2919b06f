// The gateway's answer to `initialize`: what the backends offer, merged.
import type { JsonObject, Upstream } from "../model.ts";
import { isObject } from "../protocol/message.ts";

/** Lists may change at any time, when a backend comes or a configuration is reloaded: clients must be ready for it from the start. */
const ALWAYS = {
  tools: { listChanged: true },
  prompts: { listChanged: true },
  resources: { listChanged: true },
};

/** Declared while a backend has not answered yet, since capabilities cannot be declared later. */
const PERHAPS = { logging: {}, completions: {}, resources: { subscribe: true } };

/** The union of the backends' server capabilities, keys that no specification knows included. */
export function mergeCapabilities(upstreams: readonly Upstream[]): JsonObject {
  const offered = upstreams.map(({ offer }) => offer?.hello.body.capabilities).filter(isObject);
  const unknown = upstreams.some(({ offer }) => !offer) ? PERHAPS : {};
  return [ALWAYS, unknown, ...offered].reduce<JsonObject>(merge, {});
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
