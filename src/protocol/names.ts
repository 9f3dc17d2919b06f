// What messages name things by, text or the ids and tokens of requests; a peer may send anything in their place, also what can be made neither text nor number.
import type { Message } from "../model.ts";
import { LISTS } from "./lists.ts";
import { isObject } from "./message.ts";

/** The parameter by which messages of these methods say what they are about. */
const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    name: ["tools/call", "prompts/get"],
    uri: ["resources/read", "resources/subscribe", "resources/unsubscribe", "notifications/resources/updated"],
    taskId: [
      "tasks/get",
      "tasks/result",
      "tasks/update",
      "tasks/cancel",
      "notifications/tasks",
      "notifications/tasks/status",
    ],
    level: ["logging/setLevel"],
    elicitationId: ["notifications/elicitation/complete"],
    requestId: ["notifications/cancelled"],
    progressToken: ["notifications/progress"],
    cursor: LISTS.keys().toArray(),
  }).flatMap(([key, methods]) => methods.map((method) => [method, key] as const)),
);

/** What may be a number too. */
const IDS = new Set(["id", "requestId", "progressToken"]);

/** Says what is wrong with what a message names something by; nothing where all is right. */
export function misnamed({ body: { id, method, params = {} } }: Message): string | undefined {
  if (method === undefined) return id === undefined || id === null ? undefined : problemOf("id", id);
  const key = NAMES.get(method);
  const given = key === undefined ? undefined : params[key];
  // What is not there at all is for whoever misses it: in a notification often nobody.
  const missing = given === undefined && (id === undefined || key === "cursor");
  const problem = key === undefined || missing ? undefined : problemOf(key, given);
  const token = isObject(params._meta) ? params._meta.progressToken : undefined;
  return problem ?? (token === undefined || token === null ? undefined : problemOf("progressToken", token));
}

function problemOf(key: string, value: unknown): string | undefined {
  if (typeof value === "string") return undefined;
  if (!IDS.has(key)) return `"${key}" must be a string`;
  return typeof value === "number" ? undefined : `"${key}" must be a string or a number`;
}

/** The text that a value is; "" for what is none. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The number that a value is, or stands for as text: ids that were given as numbers may come back so. NaN for what is none. */
export function numberOf(value: unknown): number {
  return typeof value === "string" || typeof value === "number" ? Number(value) : Number.NaN;
}
