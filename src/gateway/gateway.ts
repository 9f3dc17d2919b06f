// The domain's front: holds the snapshot in force and the sessions, and takes messages from both sides.

import { GatewayError } from "../errors.ts";
import type {
  AskOptions,
  Caller,
  CallObserver,
  CapabilityKind,
  Counts,
  Downstream,
  Freshness,
  JsonObject,
  Message,
  Origin,
  Route,
  Session,
  Upstream,
} from "../model.ts";
import type { Policy } from "../policy/rbac.ts";
import { URL_ELICITATION_REQUIRED } from "../protocol/error.ts";
import { isObject, notification, resultMessage } from "../protocol/message.ts";
import { leastFresh, UNKNOWN_FRESHNESS } from "../protocol/modern-result.ts";
import { misnamed, textOf } from "../protocol/names.ts";
import { askedBy, belongsTo, isModern, sessionOf } from "./ask.ts";
import { buildCatalog, type Catalog, type Conflict, type Source } from "./catalog.ts";
import { Elicitations } from "./elicitations.ts";
import { forward, type Memory, mayFollow, targetOf, upstreamsOf } from "./forward.ts";
import { mergeCapabilities, mergeInstructions } from "./hello.ts";
import { type Inventory, inventoryOf } from "./inventory.ts";
import { withLegacyTools } from "./legacy-tools.ts";
import { LogLevels } from "./log-levels.ts";
import { ModernTasks } from "./modern-tasks.ts";
import type { NamingRules } from "./naming.ts";
import { optimize, redirect } from "./optimizer.ts";
import { resourceRoutes } from "./resources.ts";
import { Subscriptions } from "./subscriptions.ts";
import type { TaskKey } from "./task-ids.ts";
import { Tasks } from "./tasks.ts";
import { type View, viewsOf } from "./views.ts";
import type { ClientCall } from "./way-up.ts";

/** The catalogs in force: of all backends, and of each group as if its backends were the only ones. */
export interface Snapshot {
  readonly rules: NamingRules;
  readonly all: Catalog;
  readonly groups: ReadonlyMap<string, Catalog>;
  /** What clients see of them. */
  readonly view: View;
}

export interface SnapshotOptions {
  /** The only tools that clients still find in a list; absent without the optimizer. */
  keepTools?: readonly string[] | undefined;
  /** Absent where everybody may use everything. */
  policy?: Policy | undefined;
}

/** Builds a snapshot from the backends in configuration order. */
export function buildSnapshot(
  sources: readonly Source[],
  rules: NamingRules,
  { keepTools, policy }: SnapshotOptions = {},
): Snapshot {
  const all = buildCatalog(sources, rules);
  const members = Map.groupBy(sources, ({ upstream }) => upstream.group);
  const groups = new Map([...members].map(([group, its]) => [group, buildCatalog(its, rules)]));
  const finish = (catalog: Catalog) => withLegacyTools(keepTools ? optimize(catalog, keepTools) : catalog);
  return { rules, all, groups, view: viewsOf({ all, groups, policy, finish }) };
}

const LIST_CHANGED: Record<CapabilityKind, string> = {
  tools: "notifications/tools/list_changed",
  resources: "notifications/resources/list_changed",
  resourceTemplates: "notifications/resources/list_changed",
  prompts: "notifications/prompts/list_changed",
};

/** What the gateway says of itself. */
interface Hello {
  capabilities: JsonObject;
  instructions?: string;
}

export class Gateway implements Downstream {
  /** Follows every call of a client, when anybody wants to. */
  observer: CallObserver | undefined;
  #snapshot: Snapshot = buildSnapshot([], { strategy: "first-wins", separator: "_", order: [] });
  /** Each session with what it knows of, by its last lists or what it was told. */
  readonly #sessions = new Map<Session, Catalog>();
  readonly #memory: Memory;

  constructor(taskKey: TaskKey = async () => undefined) {
    this.#memory = {
      tasks: new Tasks(),
      modernTasks: new ModernTasks(taskKey),
      subscriptions: new Subscriptions(),
      levels: new LogLevels(),
      elicitations: new Elicitations(),
    };
  }

  /** Puts a snapshot in force and tells the sessions which of their lists have changed. Gives the conflicts that are new. */
  swap(next: Snapshot): Conflict[] {
    const known = new Set(this.#snapshot.all.conflicts.map((conflict) => JSON.stringify(conflict)));
    this.#snapshot = next;
    for (const session of this.#sessions.keys()) this.#tell(session);
    return next.all.conflicts.filter((conflict) => !known.has(JSON.stringify(conflict)));
  }

  /** The names that several backends want, in the snapshot in force. */
  get conflicts(): readonly Conflict[] {
    return this.#snapshot.all.conflicts;
  }

  /** Everything that backends offer, with what became of it. */
  inventory(): Inventory {
    const { all, rules } = this.#snapshot;
    return inventoryOf(all, rules);
  }

  /** How many capabilities a session sees. */
  counts(session: Session): Counts {
    const { tools, resources, prompts } = this.#viewOf(session);
    return { tools: tools.size, resources: resources.size, prompts: prompts.size };
  }

  /** Whether any backend is in this group. */
  hasGroup(group: string): boolean {
    return this.#snapshot.groups.has(group);
  }

  /** What `initialize`, or else `server/discover`, answers besides version and name. */
  hello(group: string | null, roles: readonly string[] = [], era?: Caller["era"]): Hello {
    const upstreams = upstreamsOf(this.#snapshot.view(group, roles));
    const instructions = mergeInstructions(upstreams);
    return { capabilities: mergeCapabilities(upstreams, era), ...(instructions && { instructions }) };
  }

  /** Where a call of a tool, a prompt or a resource would go; of several backends, to which first. */
  routeOf(asked: Message, group: string | null, roles: readonly string[]): Route | undefined {
    const { catalog, message } = redirect(this.#snapshot.view(group, roles), asked);
    return routeIn(catalog, message);
  }

  /** How long clients may keep a list: as long as the parts that backends have in it. */
  freshness(kind: CapabilityKind, group: string | null, roles: readonly string[]): Freshness {
    const upstreams = upstreamsOf(this.#snapshot.view(group, roles));
    return leastFresh(upstreams.map(({ offer }) => offer?.freshness?.[kind] ?? UNKNOWN_FRESHNESS));
  }

  open(session: Session): void {
    this.#sessions.set(session, this.#viewOf(session));
  }

  close(session: Session): void {
    this.#sessions.delete(session);
    for (const kept of Object.values(this.#memory)) kept.forget(session);
    for (const upstream of upstreamsOf(this.#snapshot.all)) upstream.release(session);
  }

  /** Answers a client's request with a response whose id is not yet the client's. Throws GatewayError. */
  async request(asked: ClientCall): Promise<Message> {
    this.#tell(asked.caller.session);
    const { catalog, message } = redirect(this.#viewOf(asked.caller), asked.message);
    const entry = this.observer?.begin(message, asked.caller);
    const call = { ...asked, message, entry };
    if (!entry) return this.#forward(catalog, call);
    const outcome = await this.#forward(catalog, call).then(
      (response) => ({ response }),
      (error: unknown) => ({ error }),
    );
    entry.end(outcome);
    if ("error" in outcome) throw outcome.error;
    return outcome.response;
  }

  async #forward(catalog: Catalog, call: ClientCall): Promise<Message> {
    const problem = misnamed(call.message);
    if (problem) throw new GatewayError("invalid_params", problem);
    const response = await forward(catalog, call, this.#memory);
    const { error } = response.body;
    if (isObject(error) && error.code === URL_ELICITATION_REQUIRED && isObject(error.data)) {
      const { upstream } = routeIn(catalog, call.message) ?? {};
      for (const elicitation of [error.data.elicitations].flat())
        if (upstream) this.#memory.elicitations.note(elicitation, upstream, call.caller.session);
    }
    return response;
  }

  /** Passes a client's notification on to whom it concerns. */
  notification(message: Message, session: Session): void {
    const { method = "", params = {} } = message.body;
    const catalog = this.#viewOf(session);
    if (method === "notifications/roots/list_changed") {
      for (const upstream of upstreamsOf(catalog))
        if (upstream.sharing === "session") upstream.notify(message, session);
      return;
    }
    const task = this.#memory.tasks.of(session, params.taskId);
    const { upstream } = (task && mayFollow(catalog, task) ? task : targetOf(catalog, method, params)) ?? {};
    upstream?.notify(message, session);
  }

  /** Passes a backend's request to the client whose call it belongs to. Throws GatewayError when that is not clear. */
  async ask(message: Message, origin: Origin, options: AskOptions): Promise<Message> {
    const { method, params } = message.body;
    // The connection that keeps the offer belongs to no client and so has no roots.
    if (method === "roots/list" && !origin.session && origin.upstream.sharing === "session")
      return resultMessage({ roots: [] });
    const client = askedBy(message, origin, this.#memory.tasks);
    const session = sessionOf(client);
    if (!this.#mayHear(session, message, origin))
      throw new GatewayError("invalid_request", `${method} is for a client that may not use this backend`);
    if (method === "elicitation/create") this.#memory.elicitations.note(params, origin.upstream, session);
    const response = await client.ask(message, options);
    this.#memory.tasks.note(session, response.body, { upstream: origin.upstream, tool: undefined });
    return response;
  }

  /** Passes a backend's notification to the clients that it concerns. */
  notify(message: Message, origin: Origin): void {
    const { method, params = {} } = message.body;
    const shared = origin.upstream.sharing === "shared";
    // What the connection says that only keeps the offer concerns no client.
    if (!shared && !origin.session) return;
    if (method === "notifications/tasks") {
      this.#tellOfTask(message, origin.upstream);
      return;
    }
    for (const client of this.#recipients(message, origin)) {
      const session = sessionOf(client);
      const chosen = method !== "notifications/message" || !shared || isModern(client);
      const wanted = chosen || this.#memory.levels.admits(session, params.level, origin);
      if (wanted && this.#mayHear(session, message, origin)) client.notify(message);
    }
  }

  /** Tells those who follow a modern task, as long as they may call the tool whose call it is. */
  #tellOfTask(message: Message, upstream: Upstream): void {
    for (const { follower, told } of this.#memory.modernTasks.listeners(message, upstream)) {
      const { session, tool } = follower;
      if (this.#viewOf(session).tools.get(tool)?.upstream === upstream) session.notify(told);
    }
  }

  /** Whoever counts on being told must look again, and may then listen again: nobody knows what was missed. */
  unheard(upstream: Upstream): void {
    for (const session of this.#memory.modernTasks.drop(upstream)) session.cancel?.();
  }

  #recipients(message: Message, origin: Origin): (Caller | Session)[] {
    const { method, params = {} } = message.body;
    const { upstream } = origin;
    const { tasks, subscriptions, elicitations } = this.#memory;
    if (upstream.sharing === "shared" && method === "notifications/resources/updated")
      return subscriptions.listeners(upstream, params.uri);
    if (upstream.sharing === "shared" && method === "notifications/elicitation/complete")
      return elicitations.take(upstream, params.elicitationId);
    const one = tasks.sessionOf(upstream, params.taskId) ?? belongsTo(message, origin, tasks);
    return one ? [one] : this.#audience(origin);
  }

  /** All who are in a backend's group, for what belongs to no call; nobody while it could belong to any of several calls. */
  #audience(origin: Origin): Session[] {
    if (origin.inFlight().length > 0) return [];
    return [...this.#sessions.keys()].filter(({ group }) => group === null || group === origin.upstream.group);
  }

  /** Whether a session may see what a message of a backend is about: a resource, a task, or the backend as such. */
  #mayHear(session: Session, { body }: Message, { upstream }: Origin): boolean {
    const catalog = this.#viewOf(session);
    const { method, params = {} } = body;
    if (!catalog.access) return true;
    if (method === "notifications/resources/updated")
      return catalog.access.decideUri(upstream, textOf(params.uri)).allowed;
    return mayFollow(catalog, this.#memory.tasks.of(session, params.taskId) ?? { upstream, tool: undefined });
  }

  /** Tells a session which of its lists are no longer what it knows, since there is a new snapshot or its roles are others. */
  #tell(session: Session): void {
    const before = this.#sessions.get(session);
    const now = this.#viewOf(session);
    if (!before || before === now) return;
    this.#sessions.set(session, now);
    for (const method of changes(before, now)) session.notify(notification(method));
  }

  #viewOf(client: Caller | Session): Catalog {
    const { group, identity } = sessionOf(client);
    return this.#snapshot.view(group, (client.identity ?? identity).roles);
  }
}

/** Where a call of a tool, a prompt or a resource goes; of several backends, to which first. */
function routeIn(catalog: Catalog, { body: { method, params: { name, uri } = {} } }: Message): Route | undefined {
  if (method === "tools/call") return catalog.tools.get(textOf(name));
  if (method === "prompts/get") return catalog.prompts.get(textOf(name));
  return method === "resources/read" ? resourceRoutes(catalog, textOf(uri))[0] : undefined;
}

function changes(before: Catalog, after: Catalog): Set<string> {
  const kinds = Object.keys(LIST_CHANGED) as CapabilityKind[];
  return new Set(kinds.filter((kind) => before.lists[kind] !== after.lists[kind]).map((kind) => LIST_CHANGED[kind]));
}
