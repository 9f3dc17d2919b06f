// The domain's front: holds the snapshot in force and the sessions, and takes messages from both sides.
import type {
  AskOptions,
  CallObserver,
  CapabilityKind,
  Counts,
  Downstream,
  JsonObject,
  Message,
  Origin,
  Session,
} from "../model.ts";
import { isObject, notification, resultMessage } from "../protocol/message.ts";
import { askedBy, belongsTo } from "./ask.ts";
import { buildCatalog, type Catalog, type Conflict, type Source } from "./catalog.ts";
import { type ClientCall, forward, type Memory, targetOf, upstreamsOf } from "./forward.ts";
import { mergeCapabilities, mergeInstructions } from "./hello.ts";
import { type Inventory, inventoryOf } from "./inventory.ts";
import { LogLevels } from "./log-levels.ts";
import type { NamingRules } from "./naming.ts";
import { optimize, redirect } from "./optimizer.ts";
import { Subscriptions } from "./subscriptions.ts";
import { Tasks } from "./tasks.ts";

/** The catalogs in force: of all backends, and of each group as if its backends were the only ones. */
export interface Snapshot {
  readonly rules: NamingRules;
  readonly all: Catalog;
  readonly groups: ReadonlyMap<string, Catalog>;
}

/** Builds a snapshot from the backends in configuration order; with `keepTools`, the only tools that clients still find in a list. */
export function buildSnapshot(sources: readonly Source[], rules: NamingRules, keepTools?: readonly string[]): Snapshot {
  const build = (members: readonly Source[]) => {
    const catalog = buildCatalog(members, rules);
    return keepTools ? optimize(catalog, keepTools) : catalog;
  };
  const groups = Map.groupBy(sources, ({ upstream }) => upstream.group);
  return {
    rules,
    all: build(sources),
    groups: new Map([...groups].map(([group, members]) => [group, build(members)])),
  };
}

const LIST_CHANGED: Record<CapabilityKind, string> = {
  tools: "notifications/tools/list_changed",
  resources: "notifications/resources/list_changed",
  resourceTemplates: "notifications/resources/list_changed",
  prompts: "notifications/prompts/list_changed",
};

const URL_ELICITATION_REQUIRED = -32042;

export class Gateway implements Downstream {
  /** Follows every call of a client, when anybody wants to. */
  observer: CallObserver | undefined;
  #snapshot: Snapshot = buildSnapshot([], { strategy: "first-wins", separator: "_", order: [] });
  readonly #sessions = new Set<Session>();
  /** Who started which elicitation by URL, to be told when it is complete. */
  readonly #elicitations = new Map<string, Session>();
  readonly #memory: Memory = { tasks: new Tasks(), subscriptions: new Subscriptions(), levels: new LogLevels() };

  /** Puts a snapshot in force and tells the sessions which of their lists have changed. Gives the conflicts that are new. */
  swap(next: Snapshot): Conflict[] {
    const before = this.#snapshot;
    this.#snapshot = next;
    const known = new Set(before.all.conflicts.map((conflict) => JSON.stringify(conflict)));
    for (const session of this.#sessions) {
      const methods = changes(viewOf(before, session), viewOf(next, session));
      for (const method of methods) session.notify(notification(method));
    }
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

  /** What `initialize` answers besides version and name. */
  hello(group: string | null): { capabilities: JsonObject; instructions?: string } {
    const upstreams = upstreamsOf(
      group === null ? this.#snapshot.all : (this.#snapshot.groups.get(group) ?? this.#snapshot.all),
    );
    const instructions = mergeInstructions(upstreams);
    return { capabilities: mergeCapabilities(upstreams), ...(instructions && { instructions }) };
  }

  open(session: Session): void {
    this.#sessions.add(session);
  }

  close(session: Session): void {
    this.#sessions.delete(session);
    for (const kept of Object.values(this.#memory)) kept.forget(session);
    for (const [id, owner] of this.#elicitations) if (owner === session) this.#elicitations.delete(id);
    for (const upstream of upstreamsOf(this.#snapshot.all)) upstream.release(session);
  }

  /** Answers a client's request with a response whose id is not yet the client's. Throws GatewayError. */
  async request(asked: ClientCall): Promise<Message> {
    const { catalog, message } = redirect(this.#viewOf(asked.caller.session), asked.message);
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
    const response = await forward(catalog, call, this.#memory);
    const { error } = response.body;
    if (isObject(error) && error.code === URL_ELICITATION_REQUIRED && isObject(error.data)) {
      for (const elicitation of [error.data.elicitations].flat()) this.#expect(elicitation, call.caller.session);
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
    const upstream =
      this.#memory.tasks.upstreamOf(session, params.taskId) ?? targetOf(catalog, method, params)?.upstream;
    upstream?.notify(message, session);
  }

  /** Passes a backend's request to the client whose call it belongs to. Throws GatewayError when that is not clear. */
  async ask(message: Message, origin: Origin, options: AskOptions): Promise<Message> {
    const { method, params } = message.body;
    // The connection that keeps the offer belongs to no client and so has no roots.
    if (method === "roots/list" && !origin.session && origin.upstream.sharing === "session")
      return resultMessage({ roots: [] });
    const client = askedBy(message, origin, this.#memory.tasks);
    const session = "session" in client ? (client.session as Session) : (client as Session);
    if (method === "elicitation/create") this.#expect(params, session);
    const response = await client.ask(message, options);
    this.#memory.tasks.note(session, origin.upstream, response.body);
    return response;
  }

  /** Passes a backend's notification to the clients that it concerns. */
  notify(message: Message, origin: Origin): void {
    const { method, params = {} } = message.body;
    const { tasks, subscriptions, levels } = this.#memory;
    const shared = origin.upstream.sharing === "shared";
    // What the connection says that only keeps the offer concerns no client.
    if (!shared && !origin.session) return;
    if (method === "notifications/resources/updated" && shared) {
      for (const session of subscriptions.listeners(origin.upstream, params.uri)) session.notify(message);
      return;
    }
    const elicitation = method === "notifications/elicitation/complete" ? String(params.elicitationId) : "";
    const owner = this.#elicitations.get(elicitation) ?? tasks.sessionOf(origin.upstream, params.taskId);
    this.#elicitations.delete(elicitation);
    const one = owner ?? belongsTo(message, origin, tasks);
    for (const client of one ? [one] : this.#audience(origin)) {
      const session = "session" in client ? client.session : client;
      if (method !== "notifications/message" || !shared || levels.admits(session, params.level)) client.notify(message);
    }
  }

  /** All who may see a backend, for what belongs to no call; nobody while it could belong to any of several calls. */
  #audience(origin: Origin): Session[] {
    if (origin.inFlight().length > 0) return [];
    return [...this.#sessions].filter((session) => session.group === null || session.group === origin.upstream.group);
  }

  #expect(elicitation: unknown, session: Session): void {
    if (isObject(elicitation) && typeof elicitation.elicitationId === "string") {
      this.#elicitations.set(elicitation.elicitationId, session);
    }
  }

  #viewOf(session: Session): Catalog {
    return viewOf(this.#snapshot, session);
  }
}

/** What a session sees: everything, or its group; a group that is gone has nothing. */
function viewOf(snapshot: Snapshot, { group }: Session): Catalog {
  return group === null ? snapshot.all : (snapshot.groups.get(group) ?? EMPTY);
}

const EMPTY = buildCatalog([], { strategy: "first-wins", separator: "_", order: [] });

function changes(before: Catalog, after: Catalog): Set<string> {
  const kinds = Object.keys(LIST_CHANGED) as CapabilityKind[];
  return new Set(kinds.filter((kind) => before.lists[kind] !== after.lists[kind]).map((kind) => LIST_CHANGED[kind]));
}
