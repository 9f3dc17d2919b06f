// What a legacy backend asks in the middle of a call, as a modern client gets it: input to the call (2026-07-28, Multi Round-Trip Requests).
import { GatewayError } from "../errors.ts";
import type { JsonObject, Message } from "../model.ts";
import { URL_ELICITATION_REQUIRED } from "./error.ts";
import { omit, pick } from "./json.ts";
import { isObject } from "./message.ts";
import { textOf } from "./names.ts";

/** The requests that input may consist of. */
export const INPUTS: ReadonlySet<string> = new Set(["elicitation/create", "sampling/createMessage", "roots/list"]);

/** Ids of elicitations are the legacy era's, where a notification tells of their end. */
const LEGACY_KEYS = new Set(["elicitationId"]);

/** One request as it stands among `inputRequests`, as JSON text. */
export function inputRequest({ text, body }: Message): string {
  const params = pick(text, ["params"]) ?? "{}";
  return `{"method":${JSON.stringify(body.method)},"params":${omit(params, [], LEGACY_KEYS)}}`;
}

/** The response that asks for input; requests are JSON text by key. */
export function inputRequired(requests: ReadonlyMap<string, string>, requestState: string): string {
  const asked = [...requests].map(([key, request]) => `${JSON.stringify(key)}:${request}`);
  return `{"jsonrpc":"2.0","id":0,"result":{"resultType":"input_required","inputRequests":{${asked.join(",")}},"requestState":${JSON.stringify(requestState)}}}`;
}

/** The answers of a client to what it was asked, as JSON text by key; what is no object is no answer. Throws GatewayError `invalid_params`. */
export function inputResponses({ text, body }: Message): Map<string, string> {
  const { inputResponses: given } = body.params ?? {};
  if (given === undefined) return new Map();
  if (!isObject(given)) throw new GatewayError("invalid_params", '"inputResponses" must be an object');
  const keys = Object.keys(given).filter((key) => isObject(given[key]));
  return new Map(keys.map((key) => [key, pick(text, ["params", "inputResponses", key]) ?? "{}"]));
}

const RETRY = new Set(["_meta", "inputResponses", "requestState"]);

/** What stays the same of a call when it is sent again with input, word for word. */
export function sameCall({ text, body }: Message): string {
  const keys = Object.keys(body.params ?? {}).filter((key) => !RETRY.has(key));
  return JSON.stringify([body.method, ...keys.sort().map((key) => [key, pick(text, ["params", key])])]);
}

/**
 * The pages that a backend wants to be opened before the call is made again (2025-11-25, URL Elicitation Required Error), as input
 * requests by key; nothing where a response is no such error.
 */
export function requiredPages({ body: { error } }: Message): Map<string, string> | undefined {
  if (!isObject(error) || error.code !== URL_ELICITATION_REQUIRED || !isObject(error.data)) return undefined;
  const elicitations = [error.data.elicitations].flat().filter(isObject);
  if (elicitations.length === 0) return undefined;
  return new Map(
    elicitations.map((elicitation, index) => [textOf(elicitation.elicitationId) || String(index), page(elicitation)]),
  );
}

function page({ elicitationId: _, ...params }: JsonObject): string {
  return JSON.stringify({ method: "elicitation/create", params: { mode: "url", ...params } });
}
