// What a modern server says, as a legacy client knows it: results and what they ask for (2026-07-28, Results, Multi Round-Trip Requests).
import { GatewayError } from "../errors.ts";
import type { Item, JsonObject, Message } from "../model.ts";
import { META } from "./envelope.ts";
import { isModernError, UNSUPPORTED_VERSION } from "./error.ts";
import { edit, omit, pick, put } from "./json.ts";
import { isObject, notification, request } from "./message.ts";
import { INPUTS } from "./modern-input.ts";
import { textOf } from "./names.ts";
import { MODERN_VERSION } from "./version.ts";

/** One thing that a server wants to know before it goes on. */
export interface InputRequest {
  key: string;
  /** What to ask the client; under an id of no meaning. */
  request: Message;
}

/** Legacy clients refuse results with keys that they do not know where those must be empty. */
const MODERN_KEYS = new Set(["resultType", "ttlMs", "cacheScope"]);

/** The request by which a modern server says what it is; `_meta` is still to be added. */
export function discovery(): Message {
  return request(0, "server/discover", {});
}

/** The answer to a discovery as an `initialize` result; nothing where it is none of a server that speaks this era. */
export function helloOf({ text, body }: Message): Item | undefined {
  const { result } = body;
  if (!isObject(result) || !isObject(result.capabilities)) return undefined;
  if (![result.supportedVersions].flat().includes(MODERN_VERSION)) return undefined;
  const { capabilities, instructions, _meta } = result;
  const serverInfo = isObject(_meta) ? _meta[META.server] : result.serverInfo;
  const hello = { protocolVersion: MODERN_VERSION, capabilities, serverInfo, instructions };
  const members = {
    protocolVersion: JSON.stringify(MODERN_VERSION),
    capabilities: pick(text, ["result", "capabilities"]) ?? "{}",
    ...(isObject(serverInfo) && { serverInfo: JSON.stringify(serverInfo) }),
    ...(typeof instructions === "string" && { instructions: pick(text, ["result", "instructions"]) ?? '""' }),
  };
  return { text: put("{}", [], members), body: hello };
}

/** The versions that the answer to a discovery names, be it a result or the refusal of the version that was asked in; none where it names none. */
export function versionsOf({ body: { result, error } }: Message): string[] {
  const refusal = isModernError(error) && error.code === UNSUPPORTED_VERSION ? error.data : undefined;
  const versions = isObject(result) ? result.supportedVersions : isObject(refusal) ? refusal.supported : undefined;
  return Array.isArray(versions) ? versions.map(textOf) : [];
}

/** What kind of result a response has; one that does not say is complete, and so is an error. */
export function resultTypeOf({ body: { result } }: Message): unknown {
  return isObject(result) ? (result.resultType ?? "complete") : "complete";
}

/** The response as a legacy client can take it; `wrapped` where it is of a tool whose schema it got as `legacyTool`. */
export function legacyResponse({ text, body }: Message, wrapped = false): Message {
  const { result } = body;
  if (!isObject(result)) return { text, body };
  const { structuredContent: structured } = result;
  const plain = omit(text, ["result"], MODERN_KEYS);
  if (structured === undefined || (isObject(structured) && !wrapped)) return { text: plain, body };
  const content = pick(plain, ["result", "structuredContent"]) ?? "null";
  return { text: edit(plain, { result: { structuredContent: `{"result":${content}}` } }), body };
}

/** What a server asks for with an `input_required` result. Throws GatewayError when that is nothing that can be asked. */
export function inputRequestsOf({ text, body }: Message): InputRequest[] {
  const { inputRequests = {} } = body.result as JsonObject;
  if (!isObject(inputRequests)) throw new GatewayError("internal", "asks for input that it does not name");
  return Object.entries(inputRequests).map(([key, asked]) => {
    const method = isObject(asked) ? textOf(asked.method) : "";
    const params = isObject(asked) ? asked.params : undefined;
    if (!INPUTS.has(method)) throw new GatewayError("internal", `asks for ${method}, which is no input`);
    return { key, request: withParams(request(0, method, isObject(params) ? params : {}), text, key) };
  });
}

/** Puts the parameters in as they came; a page to open has an id where clients know of its end by one (2025-11-25, Elicitation). */
function withParams(asked: Message, text: string, key: string): Message {
  const { params = {}, method } = asked.body;
  const exact = pick(text, ["result", "inputRequests", key, "params"]) ?? "{}";
  const paged = method === "elicitation/create" && params.mode === "url" && params.elicitationId === undefined;
  const whole = paged ? put(exact, [], { elicitationId: JSON.stringify(crypto.randomUUID()) }) : exact;
  return { text: put(asked.text, [], { params: whole }), body: asked.body };
}

/** The request again, with the answers by key (JSON text) and the state that the server has asked to get back. */
export function answering(asked: Message, required: Message, answers: Readonly<Record<string, string>>): Message {
  const state = pick(required.text, ["result", "requestState"]);
  const texts = Object.entries(answers).map(([key, answer]) => `${JSON.stringify(key)}:${answer}`);
  const plain = omit(asked.text, ["params"], RETRY);
  const members = {
    ...(texts.length > 0 && { inputResponses: `{${texts.join()}}` }),
    ...(state !== undefined && { requestState: state }),
  };
  const params = { ...asked.body.params, inputResponses: {} };
  return { text: put(plain, ["params"], members), body: { ...asked.body, params } };
}

const RETRY = new Set(["inputResponses", "requestState"]);

/** Whether a tool's results are of a shape that legacy clients do not know: to them all are objects. */
export function isWrapped({ outputSchema }: JsonObject): boolean {
  return outputSchema !== undefined && !(isObject(outputSchema) && outputSchema.type === "object");
}

/** The definition of such a tool with an output schema that legacy clients can take. */
export function legacyTool(text: string): string {
  const schema = pick(text, ["outputSchema"]) ?? "{}";
  const wrapped = `{"type":"object","properties":{"result":${schema}},"required":["result"]}`;
  return put(text, [], { outputSchema: wrapped });
}

/** The notification without the subscription that it came by, which is the gateway's own. */
export function unsubscribed({ text, body }: Message): Message {
  const { _meta: meta, ...params } = body.params ?? {};
  const { [META.subscription]: _, ...others } = isObject(meta) ? meta : {};
  if (Object.keys(others).length === 0)
    return { text: omit(text, ["params"], new Set(["_meta"])), body: { ...body, params } };
  const rest = omit(text, ["params", "_meta"], SUBSCRIPTION);
  return { text: rest, body: { ...body, params: { ...params, _meta: others } } };
}

const SUBSCRIPTION = new Set<string>([META.subscription]);

/** What a request of the gateway is withdrawn with. */
export function withdrawal(reason: string): Message {
  return notification("notifications/cancelled", { requestId: 0, reason });
}
