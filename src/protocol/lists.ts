// The requests for lists of what there is.
import type { CapabilityKind } from "../model.ts";

/** What is listed, by method. */
export const LISTS: ReadonlyMap<string, CapabilityKind> = new Map([
  ["tools/list", "tools"],
  ["prompts/list", "prompts"],
  ["resources/list", "resources"],
  ["resources/templates/list", "resourceTemplates"],
]);
