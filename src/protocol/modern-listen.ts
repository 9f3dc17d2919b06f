// What clients listen to beyond their requests (2026-07-28, Subscriptions): the filter that they send, and the messages they get.
import { GatewayError } from "../errors.ts";
import type { JsonObject, Message } from "../model.ts";
import { META } from "./envelope.ts";
import { put } from "./json.ts";
import { isObject, notification, withMeta } from "./message.ts";

/** What a client wants to hear of. */
export interface Filter {
  /** The methods of notifications. */
  readonly changes: ReadonlySet<string>;
  /** The URIs of resources. */
  readonly resources: readonly string[];
  /** The ids of tasks. */
  readonly tasks: readonly string[];
}

const CHANGES: Readonly<Record<string, string>> = {
  toolsListChanged: "notifications/tools/list_changed",
  promptsListChanged: "notifications/prompts/list_changed",
  resourcesListChanged: "notifications/resources/list_changed",
};

/** More than anybody looks at. */
const MOST = 1_000;

/** Reads the filter of a `subscriptions/listen`; what is unknown in it is not honoured. Throws GatewayError `invalid_params`. */
export function filterOf({ body }: Message): Filter {
  const { notifications: wanted } = body.params ?? {};
  if (!isObject(wanted)) throw new GatewayError("invalid_params", '"notifications" must say what to listen to');
  const changes = Object.entries(CHANGES).filter(([key]) => wanted[key] === true);
  return {
    changes: new Set(changes.map(([, method]) => method)),
    resources: textsOf(wanted, "resourceSubscriptions"),
    tasks: textsOf(wanted, "taskIds"),
  };
}

function textsOf(wanted: JsonObject, key: string): string[] {
  const { [key]: texts = [] } = wanted;
  if (!Array.isArray(texts) || texts.length > MOST || !texts.every((text) => typeof text === "string"))
    throw new GatewayError("invalid_params", `"${key}" must be an array of at most ${MOST} strings`);
  return [...new Set<string>(texts)];
}

/** The first message to who listens: what of the filter is honoured. */
export function acknowledgement({ changes, resources, tasks }: Filter): Message {
  const kept = Object.entries(CHANGES).filter(([, method]) => changes.has(method));
  const notifications: JsonObject = Object.fromEntries(kept.map(([key]) => [key, true]));
  if (resources.length > 0) notifications.resourceSubscriptions = resources;
  if (tasks.length > 0) notifications.taskIds = tasks;
  return notification("notifications/subscriptions/acknowledged", { notifications });
}

/** The text of a notification that says to which subscription it belongs: to that with the id of its request, as JSON text. */
export function tagged(message: Message, id: string): string {
  return withMeta(message, { [META.subscription]: id }).text;
}

/** The text of the response that ends a subscription which the client has not ended itself. */
export function farewell(id: string, serverInfo: JsonObject): string {
  const meta = put("{}", [], { [META.subscription]: id, [META.server]: JSON.stringify(serverInfo) });
  return `{"jsonrpc":"2.0","id":${id},"result":{"resultType":"complete","_meta":${meta}}}`;
}
