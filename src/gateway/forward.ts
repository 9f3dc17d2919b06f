// The path of one request from a client: where it leads, and under which name it goes there.
import { describe, GatewayError } from "../errors.ts";
import type { CapabilityKind, JsonObject, Message, Route, Session, Upstream } from "../model.ts";
import type { Decision } from "../policy/rbac.ts";
import { elements } from "../protocol/json.ts";
import { LISTS } from "../protocol/lists.ts";
import { isObject, request, resultMessage } from "../protocol/message.ts";
import { textOf } from "../protocol/names.ts";
import type { Catalog } from "./catalog.ts";
import type { Elicitations } from "./elicitations.ts";
import type { LogLevels } from "./log-levels.ts";
import type { ModernTasks } from "./modern-tasks.ts";
import { ownAnswer } from "./optimizer.ts";
import { offeredRoutes, resourceRoutes } from "./resources.ts";
import type { Subscriptions } from "./subscriptions.ts";
import type { Task, Tasks } from "./tasks.ts";
import { type ClientCall, exactly, lookUp, noteDenial, send } from "./way-up.ts";

/** What is kept for sessions beside the catalog. */
export interface Memory {
  /** Of the legacy era. */
  tasks: Tasks;
  modernTasks: ModernTasks;
  subscriptions: Subscriptions;
  levels: LogLevels;
  elicitations: Elicitations;
}

/** No list of tasks is longer than this many pages. */
const PAGE_LIMIT = 1_000;

/** Answers a request, by a backend where one is concerned; `catalog` stays the same until the call's end. Throws GatewayError. */
export async function forward(catalog: Catalog, call: ClientCall, memory: Memory): Promise<Message> {
  const { method = "", params = {} } = call.message.body;
  const list = LISTS.get(method);
  if (list) return listed(catalog, list, call);
  if (isAboutModernTasks(method, call)) return memory.modernTasks.answer(catalog, call);
  switch (method) {
    case "ping":
      return resultMessage({});
    case "tools/call":
      return ownAnswer(catalog, call.message) ?? passCall(catalog, call, memory);
    case "prompts/get":
      return pass(lookUp(catalog, "prompts", call, params.name), call);
    case "resources/read":
      return inTurn(catalog, call, (route) => send(route, call, { uri: JSON.stringify(params.uri) }));
    case "resources/subscribe":
    case "resources/unsubscribe":
      return inTurn(catalog, call, (route) => {
        const { subscriptions } = memory;
        const change = method === "resources/subscribe" ? "subscribe" : "unsubscribe";
        call.entry?.routed(route);
        return subscriptions[change](
          route.upstream,
          route.original,
          exactly(call, { uri: JSON.stringify(params.uri) }),
        );
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

/** Tasks of the legacy era have methods of the same names; of what is listened to, only tasks are asked for here. */
function isAboutModernTasks(method: string, { caller: { era } }: ClientCall): boolean {
  return method === "subscriptions/listen" || (era === "modern" && method.startsWith("tasks/"));
}

export function upstreamsOf(catalog: Catalog): Upstream[] {
  return catalog.sources.map(({ upstream }) => upstream);
}

/**
 * Where a message leads by what its parameters name, or because there is only one backend; nothing when that is not clear, and
 * nothing where policies hide something: what a method would do that this gateway does not know, no policy can say.
 */
export function targetOf(catalog: Catalog, method: string, params: JsonObject): Route | undefined {
  const { uri, name } = params;
  if (catalog.access || isWithheld(catalog, name)) return undefined;
  const names = method.startsWith("prompts/") ? catalog.prompts : catalog.tools;
  const named = names.get(textOf(name));
  if (named) return named;
  const [only, ...others] = typeof uri === "string" ? resourceRoutes(catalog, uri) : catalog.sources;
  if (!only || others.length > 0 || isFiltered(catalog, only.upstream, name)) return undefined;
  return { upstream: only.upstream, original: textOf(name ?? uri) };
}

/** Whether a filter hides a tool or a prompt of this name at its backend: a method that is unknown here may be about either. */
function isFiltered({ sources }: Catalog, upstream: Upstream, name: unknown): boolean {
  const { filters } = sources.find((source) => source.upstream === upstream) ?? {};
  return typeof name === "string" && !(filters?.tools.admits(name) && filters.prompts.admits(name));
}

/** Whether this is a name of a tool that nobody has approved, here or at its backend. */
function isWithheld({ withheld, sources }: Catalog, name: unknown): boolean {
  if (typeof name !== "string") return false;
  return withheld.has(name) || sources.some((source) => source.withheld?.has(name));
}

function listed({ lists, legacyTools }: Catalog, kind: CapabilityKind, { message, caller }: ClientCall): Message {
  const { cursor } = message.body.params ?? {};
  if (cursor !== undefined)
    throw new GatewayError("invalid_params", `unknown cursor ${JSON.stringify(cursor)}: lists come whole`);
  const wrapped = kind === "tools" && caller.era !== "modern" ? legacyTools : undefined;
  return resultMessage(wrapped ?? lists[kind]);
}

function pass(route: Route, call: ClientCall): Promise<Message> {
  return send(route, call, { name: JSON.stringify(route.original) });
}

async function passCall(catalog: Catalog, call: ClientCall, { tasks, modernTasks }: Memory): Promise<Message> {
  const { name, task } = call.message.body.params ?? {};
  const route = lookUp(catalog, "tools", call, name);
  const response = await pass(route, call);
  if (call.caller.era === "modern") return modernTasks.answered(response, route, call);
  const tool = textOf(name);
  if (task !== undefined) tasks.note(call.caller.session, response.body, { upstream: route.upstream, tool });
  return response;
}

/** Where a URI leads that the caller may use. */
function routesTo(catalog: Catalog, call: ClientCall, uri: unknown): Route[] {
  if (typeof uri !== "string") return [];
  const { access } = catalog;
  // Some backends say yes to any URI that is subscribed to or completed, which would tell what is denied from what does not exist.
  const find = access && call.message.body.method !== "resources/read" ? offeredRoutes : resourceRoutes;
  const routes = find(catalog, uri);
  const [hidden] = access && routes.length === 0 ? find(access.whole, uri) : [];
  if (hidden) noteDenial(call, access?.decideUri(hidden.upstream, uri), hidden);
  return routes;
}

function unknownResource(uri: unknown): GatewayError {
  return new GatewayError("unknown_resource", `Resource not found: ${textOf(uri)}`, { uri });
}

/** A URI that nobody lists is tried at each backend in turn: servers may serve more than they list. */
async function inTurn(catalog: Catalog, call: ClientCall, ask: (route: Route) => Promise<Message>): Promise<Message> {
  const { method, params: { uri } = {} } = call.message.body;
  const routes = routesTo(catalog, call, uri);
  const [only, ...others] = routes;
  // Where policies hide something, a backend's own words for what it does not have would tell that apart.
  const certain = !catalog.access || catalog.resources.has(textOf(uri));
  if (only && others.length === 0 && certain) return ask(only);
  let good: Message | undefined;
  let failure: string | undefined;
  for (const route of routes) {
    try {
      const answer = await ask(route);
      if (answer.body.error === undefined) good ??= answer;
    } catch (error) {
      const reason = unlessCancelled(error);
      failure ??= reason;
    }
    // Any of them may have agreed to a subscription, and most say yes to the end of one that they do not have.
    if (good && method !== "resources/unsubscribe") break;
  }
  if (good) return good;
  // One that could not be asked may have it; where policies hide something, that would tell that apart too.
  if (failure === undefined || catalog.access) throw unknownResource(uri);
  throw new GatewayError(
    "unavailable",
    `Resource not found as far as it can be looked for: ${textOf(uri)}; ${failure}`,
  );
}

/** Why a backend could not be asked. Throws what ends the call. */
function unlessCancelled(error: unknown): string {
  if (error instanceof GatewayError && error.code === "cancelled") throw error;
  return describe(error);
}

/** Completes an argument of a prompt (by name) or of a resource template (by its text). */
function complete(catalog: Catalog, call: ClientCall): Promise<Message> {
  const { ref } = call.message.body.params ?? {};
  if (!isObject(ref)) throw new GatewayError("invalid_params", '"ref" must name a prompt or a resource template');
  const key = ref.type === "ref/resource" ? "uri" : "name";
  const named = ref[key];
  if (typeof named !== "string") throw new GatewayError("invalid_params", `"ref.${key}" must be a string`);
  const type = JSON.stringify(ref.type);
  if (key === "uri") {
    const route = catalog.templates.get(named) ?? routesTo(catalog, call, named)[0];
    if (!route) throw unknownResource(named);
    return send(route, call, { ref: { type, uri: JSON.stringify(named) } });
  }
  const route = lookUp(catalog, "prompts", call, named);
  return send(route, call, { ref: { type, name: JSON.stringify(route.original) } });
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
  const own = had.flatMap(({ upstream, texts }) =>
    texts.filter((text) => isOwn(text, { catalog, session, upstream, tasks })),
  );
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

interface Owner {
  catalog: Catalog;
  session: Session;
  upstream: Upstream;
  tasks: Tasks;
}

function isOwn(text: string, { catalog, session, upstream, tasks }: Owner): boolean {
  if (upstream.sharing === "session" && !catalog.access) return true;
  const task = tasks.of(session, (JSON.parse(text) as JsonObject).taskId);
  return task?.upstream === upstream && mayFollow(catalog, task);
}

/** Whether the tool whose call a task is may still be used. */
export function mayFollow({ access, sources }: Catalog, { upstream, tool }: Task): boolean {
  if (!access) return true;
  if (tool !== undefined) return access.decide("tools", tool, upstream).allowed;
  return sources.some((source) => source.upstream.name === upstream.name);
}

function hasTaskList({ offer }: Upstream): boolean {
  const capabilities = offer?.hello.body.capabilities;
  const tasks = isObject(capabilities) ? capabilities.tasks : undefined;
  return isObject(tasks) && tasks.list !== undefined;
}

/** What policies cannot speak of, only those may use who may use everything. */
const UNKNOWN_METHOD: Decision = { allowed: false, by: "a method that is unknown here" };

/** A method that this gateway does not know goes where it clearly belongs; so do the methods about one task. */
function passUnknown(catalog: Catalog, call: ClientCall, tasks: Tasks): Promise<Message> {
  const { access } = catalog;
  const { method = "", params = {} } = call.message.body;
  const task = tasks.of(call.caller.session, params.taskId);
  const original = textOf(params.taskId);
  if (task && mayFollow(catalog, task) && (!access || method.startsWith("tasks/")))
    return send({ ...task, original }, call, { taskId: JSON.stringify(original) });
  if (method.startsWith("tasks/") && method !== "tasks/list") {
    if (task?.tool !== undefined)
      noteDenial(call, access?.decide("tools", task.tool, task.upstream), { ...task, original });
    throw new GatewayError("invalid_params", `Task not found: ${original}`);
  }
  const route = targetOf(catalog, method, params);
  if (!route) {
    noteDenial(call, UNKNOWN_METHOD, access && targetOf(access.whole, method, params));
    throw new GatewayError("unknown_method", `Method not found: ${method}`);
  }
  return typeof params.name === "string" ? pass(route, call) : send(route, call);
}
