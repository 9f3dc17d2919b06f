// What a client must be capable of to be asked something.
import type { JsonObject, Message } from "../model.ts";
import { isObject } from "./message.ts";

export interface Requirement {
  /** In words. */
  readonly name: string;
  /** As a client declares it. */
  readonly capabilities: JsonObject;
}

/** What a client with these capabilities lacks to be asked this; nothing where it lacks nothing. */
export function missingCapability({ body }: Message, capabilities: JsonObject): Requirement | undefined {
  const { sampling, roots, elicitation } = capabilities;
  switch (body.method) {
    case "sampling/createMessage":
      return sampling === undefined ? { name: "sampling", capabilities: { sampling: {} } } : undefined;
    case "roots/list":
      return roots === undefined ? { name: "roots", capabilities: { roots: {} } } : undefined;
    case "elicitation/create":
      return body.params?.mode === "url" ? missingUrl(elicitation) : missingForm(elicitation);
    default:
      return undefined;
  }
}

function missingUrl(elicitation: unknown): Requirement | undefined {
  if (isObject(elicitation) && elicitation.url !== undefined) return undefined;
  return { name: "elicitation by URL", capabilities: { elicitation: { url: {} } } };
}

/** Before 2025-11-25 there was only the form, declared by an empty object. */
function missingForm(elicitation: unknown): Requirement | undefined {
  if (isObject(elicitation) && (elicitation.form !== undefined || elicitation.url === undefined)) return undefined;
  return { name: "elicitation by form", capabilities: { elicitation: { form: {} } } };
}
