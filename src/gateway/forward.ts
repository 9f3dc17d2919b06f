// The path of one request from a client: where it leads, and under which name it goes there.
import { GatewayError } from "../errors.ts";
import type {
  Call,
  CallEntry,
  Caller,
  CapabilityKind,
  JsonObject,
  Message,
  Route,
  Session,
  Upstream,
} from "../model.ts";
import { type Edits, elements } from "../protocol/json.ts";
import { isObject, request, resultMessage, withMeta } from "../protocol/message.ts";
import { type Catalog, resourceRoutes } from "./catalog.ts";
import type { LogLevels } from "./log-levels.ts";
import { ownAnswer } from "./optimizer.ts";
import type { Subscriptions } from "./subscriptions.ts";
import type { Tasks } from "./tasks.ts";

/** What is kept for sessions beside the catalog. */
export interface Memory {
  tasks: Tasks;
  subscriptions: Subscriptions;
  levels: LogLevels;
}

/** No list of tasks is longer than this many pages. */
const PAGE_LIMIT = 1_000;

export interface ClientCall extends Call {
  readonly caller: Caller;
  /** What is noted about it, when anything is. */
  readonly entry?: CallEntry | undefined;
}

const LISTS: ReadonlyMap<string, CapabilityKind> = new Map([
  ["tools/list", "tools"],
  ["prompts/list", "prompts"],
  ["resources/list", "resources"],
  ["resources/templates/list", "resourceTemplates"],
]);

/** Answers a request, by a backend where one is concerned; `catalog` stays the same until the call's end. Throws GatewayError. */
export async function forward(catalog: Catalog, call: ClientCall, memory: Memory): Promise<Message> {
  const { method = "", params = {} } = call.message.body;
  const list = LISTS.get(method);
  if (list) return listed(catalog, list, params);
  switch (method) {
    case "ping":
      return resultMessage({});
    case "tools/call":
      return ownAnswer(catalog, call.message) ?? passCall(lookUp(catalog.tools, params.name, "tool"), call, memory);
    case "prompts/get":
      return pass(lookUp(catalog.prompts, params.name, "prompt"), call);
    case "resources/read":
      return inTurn(catalog, params.uri, (route) => send(route, call));
    case "resources/subscribe":
      return inTurn(catalog, params.uri, (route) => {
        call.entry?.routed(route);
        return memory.subscriptions.subscribe(route.upstream, route.original, call);
      });
    case "resources/unsubscribe":
      return inTurn(catalog, params.uri, (route) => {
        call.entry?.routed(route);
        return memory.subscriptions.unsubscribe(route.upstream, route.original, call);
      });
    case "completion/complete":
      return complete(catalog, call);
    case "logging/setLevel":
      return memory.levels.set(upstreamsOf(catalog), call);
    case "tasks/list":
      return listTasks(catalog, call, memory.tasks);
    default:
      return passUnknown(catalog, call, memory.tasks);
  }
}

export function upstreamsOf(catalog: Catalog): Upstream[] {
  return catalog.sources.map(({ upstream }) => upstream);
}

/** Where a message leads by what its parameters name, or because there is only one backend; nothing when that is not clear. */
export function targetOf(catalog: Catalog, method: string, params: JsonObject): Route | undefined {
  const { uri, name } = params;
  const names = method.startsWith("prompts/") ? catalog.prompts : catalog.tools;
  const named = typeof name === "string" ? names.get(name) : undefined;
  if (named) return named;
  if (typeof uri === "string") {
    const [only, ...others] = resourceRoutes(catalog, uri);
    if (others.length === 0) return only;
  }
  const [single, ...others] = upstreamsOf(catalog);
  return single && others.length === 0 ? { upstream: single, original: String(name) } : undefined;
}

function listed(catalog: Catalog, kind: CapabilityKind, { cursor }: JsonObject): Message {
  if (cursor !== undefined)
    throw new GatewayError("invalid_params", `unknown cursor ${JSON.stringify(cursor)}: lists come whole`);
  return resultMessage(catalog.lists[kind]);
}

function lookUp(routes: ReadonlyMap<string, Route>, name: unknown, what: string): Route {
  const route = typeof name === "string" ? routes.get(name) : undefined;
  if (!route)
    throw new GatewayError(
      "unknown_capability",
      `Unknown ${what}: ${typeof name === "string" ? name : JSON.stringify(name)}`,
    );
  return route;
}

/** The one way up: notes where the call goes, and puts what is noted about it into its `_meta`. */
function send(route: Route, call: ClientCall, edits?: Edits): Promise<Message> {
  const { entry, message } = call;
  entry?.routed(route);
  const sent = entry?.meta ? { ...call, message: withMeta(message, entry.meta) } : call;
  return route.upstream.request(edits ? { ...sent, edits } : sent);
}

function pass(route: Route, call: ClientCall): Promise<Message> {
  if (call.message.body.params?.name === route.original) return send(route, call);
  return send(route, call, { params: { name: JSON.stringify(route.original) } });
}

async function passCall(route: Route, call: ClientCall, { tasks }: Memory): Promise<Message> {
  const response = await pass(route, call);
  if (call.message.body.params?.task !== undefined) tasks.note(call.caller.session, route.upstream, response.body);
  return response;
}

function resourceOf(catalog: Catalog, uri: unknown): Route {
  const [route] = typeof uri === "string" ? resourceRoutes(catalog, uri) : [];
  if (!route) throw unknownResource(uri);
  return route;
}

function unknownResource(uri: unknown): GatewayError {
  return new GatewayError("unknown_resource", `Resource not found: ${String(uri)}`, { uri });
}

/** A URI that nobody lists is tried at each backend in turn: servers may serve more than they list. */
async function inTurn(catalog: Catalog, uri: unknown, ask: (route: Route) => Promise<Message>): Promise<Message> {
  const routes = typeof uri === "string" ? resourceRoutes(catalog, uri) : [];
  const [only, ...others] = routes;
  if (only && others.length === 0) return ask(only);
  for (const route of routes) {
    const answer = await ask(route).catch(unlessCancelled);
    if (answer?.body.error === undefined && answer) return answer;
  }
  throw unknownResource(uri);
}

function unlessCancelled(error: unknown): undefined {
  if (error instanceof GatewayError && error.code === "cancelled") throw error;
}

/** Completes an argument of a prompt (by name) or of a resource template (by its text). */
function complete(catalog: Catalog, call: ClientCall): Promise<Message> {
  const { ref } = call.message.body.params ?? {};
  if (!isObject(ref)) throw new GatewayError("invalid_params", '"ref" must name a prompt or a resource template');
  if (ref.type === "ref/resource") {
    const route = catalog.templates.get(String(ref.uri)) ?? resourceOf(catalog, ref.uri);
    return send(route, call);
  }
  const route = lookUp(catalog.prompts, ref.name, "prompt");
  if (route.original === ref.name) return send(route, call);
  return send(route, call, { params: { ref: { name: JSON.stringify(route.original) } } });
}

/** The tasks of this session at all backends; a shared connection lists those of other sessions too. */
async function listTasks(catalog: Catalog, call: ClientCall, tasks: Tasks): Promise<Message> {
  const { session } = call.caller;
  const lists = await Promise.allSettled(
    upstreamsOf(catalog)
      .filter(hasTaskList)
      .map((upstream) => allTasks(upstream, call)),
  );
  const had = lists.flatMap((list) => (list.status === "fulfilled" ? list.value : []));
  const own = had.flatMap(({ upstream, texts }) => texts.filter((text) => isOwn(session, upstream, text, tasks)));
  return resultMessage(`{"tasks":[${own.join(",")}]}`);
}

async function allTasks(
  upstream: Upstream,
  { caller, signal }: ClientCall,
): Promise<{ upstream: Upstream; texts: string[] }> {
  const texts: string[] = [];
  let cursor: unknown;
  let pages = 0;
  do {
    const message = request(0, "tasks/list", cursor === undefined ? {} : { cursor });
    const response = await upstream.request({ message, caller, ...(signal && { signal }) });
    texts.push(...elements(response.text, ["result", "tasks"]));
    cursor = isObject(response.body.result) ? response.body.result.nextCursor : undefined;
  } while (typeof cursor === "string" && ++pages < PAGE_LIMIT);
  return { upstream, texts };
}

function isOwn(session: Session, upstream: Upstream, text: string, tasks: Tasks): boolean {
  if (upstream.sharing === "session") return true;
  return tasks.upstreamOf(session, (JSON.parse(text) as JsonObject).taskId) === upstream;
}

function hasTaskList({ offer }: Upstream): boolean {
  const capabilities = offer?.hello.body.capabilities;
  const tasks = isObject(capabilities) ? capabilities.tasks : undefined;
  return isObject(tasks) && tasks.list !== undefined;
}

/** A method that this gateway does not know goes where it clearly belongs; so do the methods about one task. */
function passUnknown(catalog: Catalog, call: ClientCall, tasks: Tasks): Promise<Message> {
  const { method = "", params = {} } = call.message.body;
  const upstream = tasks.upstreamOf(call.caller.session, params.taskId);
  if (upstream) return send({ upstream, original: String(params.taskId) }, call);
  if (method.startsWith("tasks/") && method !== "tasks/list") {
    throw new GatewayError("invalid_params", `Task not found: ${String(params.taskId)}`);
  }
  const route = targetOf(catalog, method, params);
  if (!route) throw new GatewayError("unknown_method", `Method not found: ${method}`);
  return pass(typeof params.name === "string" ? route : { ...route, original: params.name as string }, call);
}
