// The vocabulary of the gateway as types; no code.
import type { Edits } from "./protocol/json.ts";

export type Id = string | number;
export type JsonObject = { [key: string]: unknown };

/** A JSON-RPC 2.0 message without its text: what was parsed, unknown keys included. */
export interface Body extends JsonObject {
  id?: Id | null;
  method?: string;
  params?: JsonObject;
  result?: unknown;
  error?: unknown;
}

/** One message as it came (`text`, a single line of valid JSON) and what it says (`body`, parsed once at the edge). */
export interface Message {
  readonly text: string;
  readonly body: Body;
}

/** The way back to a client: ask it something, or tell it something. */
export interface WayBack {
  /** Sends a backend's request and resolves with the client's response, both under ids of their own hop. */
  ask(request: Message, options: AskOptions): Promise<Message>;
  notify(notification: Message): void;
}

export interface AskOptions {
  /** Aborted with the backend's `notifications/cancelled` as reason. */
  signal: AbortSignal;
  /** Receives the client's progress notifications for this request, under the backend's token. */
  progress(notification: Message): void;
}

/** The verified subject of a request; all who show nothing share one that is anonymous. */
export interface Identity {
  /** Null for the anonymous one. */
  readonly subject: string | null;
  /** Who vouches for the subject: the token's issuer. */
  readonly issuer: string | null;
  readonly roles: readonly string[];
  /** When what shows this is worth nothing any more, in milliseconds since 1970; absent where it always is. */
  readonly expires?: number;
}

/** What is kept for one client between requests. */
export interface Session extends WayBack {
  /** Public name of the session; not the protocol's session id, which is a secret. */
  readonly id: string;
  /** The group this client sees, or null for all backends. */
  readonly group: string | null;
  /** The network address that it was opened from. */
  readonly address: string | null;
  /** As of the client's last request; subject and issuer never change. */
  readonly identity: Identity;
  /** The client's `initialize` request. */
  readonly hello: Message;
  /** The client capabilities of `hello`. */
  readonly capabilities: JsonObject;
  /** The same for all sessions of one user; absent where a client has no more than this one, or where nothing tells users apart. */
  readonly userKey?: string | undefined;
  /** Ends what is under way for it; absent where nothing is. */
  readonly cancel?: (() => void) | undefined;
}

/** legacy: with `initialize` and sessions, up to 2025-11-25; modern: requests that say all by themselves, from 2026-07-28 on. */
export type Era = "legacy" | "modern";

/** Who sends one request: the session and the way back that belongs to this very request. */
export interface Caller extends WayBack {
  readonly session: Session;
  /** Who has sent this very request; absent where that is what the session says. */
  readonly identity?: Identity;
  /** Whose messages it speaks; legacy where it does not say. */
  readonly era?: Era;
  /** Whether its client cannot be asked anything now, since it was asked already, or by this request; absent where it always can. */
  readonly away?: boolean;
}

/** Tells that a call was cancelled, and why: an AbortSignal, or what costs less. */
export interface Cancellation {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** One request on its way through. */
export interface Call {
  readonly message: Message;
  /** Absent when the gateway asks on its own account. */
  readonly caller?: Caller;
  /** Aborted with the client's `notifications/cancelled` message as reason. */
  readonly signal?: Cancellation;
  /** What changes on the way up besides the id and the progress token: the original name. */
  readonly edits?: Edits;
}

/** Where a message of a backend comes from, as far as its connection can tell. */
export interface Origin {
  readonly upstream: Upstream;
  /** The session whose own connection it came on; absent on a shared connection. */
  readonly session?: Session;
  /** The caller whose response stream it came on, where the transport tells streams apart. */
  readonly caller?: Caller;
  /** The callers with calls in flight on that connection, oldest first. */
  readonly inFlight: () => Caller[];
  /** Whether the backend sends on it the log messages that somebody has wished for; else those that it thinks fit. */
  readonly logsWished?: boolean;
}

/** What the gateway does with messages that backends start. */
export interface Downstream {
  ask(request: Message, origin: Origin, options: AskOptions): Promise<Message>;
  notify(notification: Message, origin: Origin): void;
  /** What becomes of the tasks that are followed at this backend is told no more. */
  unheard(upstream: Upstream): void;
}

export type Sharing = "shared" | "session";
export type CapabilityKind = "tools" | "resources" | "resourceTemplates" | "prompts";

/** How many capabilities somebody offers or sees. */
export interface Counts {
  tools: number;
  resources: number;
  prompts: number;
}

/** One listed capability as the backend described it. */
export interface Item {
  readonly text: string;
  readonly body: JsonObject;
}

/** How long something may be kept, and whether others may have it too (2026-07-28, Caching). */
export interface Freshness {
  /** In milliseconds. */
  readonly ttlMs: number;
  readonly cacheScope: "public" | "private";
}

/** All that a backend offers, as of its last listing. */
export interface Offer extends Readonly<Record<CapabilityKind, readonly Item[]>> {
  /** The backend's `initialize` result. */
  readonly hello: Item;
  /** How long its lists may be kept, where it says so. */
  readonly freshness?: Readonly<Partial<Record<CapabilityKind, Freshness>>>;
  /** Lists that could not be had, and are as they were before. */
  readonly missing?: readonly CapabilityKind[];
}

/** A backend as the gateway sees it. */
export interface Upstream {
  readonly name: string;
  readonly group: string;
  readonly sharing: Sharing;
  /** The last known offer; kept while the backend is away, absent until it was connected once. */
  readonly offer: Offer | undefined;
  /** Whether it can take a call right now. */
  readonly ready: boolean;
  /** Resolves with the backend's response under the backend's own id. Throws GatewayError. */
  request(call: Call): Promise<Message>;
  /** Passes a client's notification on, if there is a connection. */
  notify(notification: Message, session: Session): void;
  /** Forgets what was kept for a session and closes its connection. */
  release(session: Session): void;
}

/** Where an exposed capability leads. */
export interface Route {
  readonly upstream: Upstream;
  /** The name (or URI) as the backend knows it. */
  readonly original: string;
}

export type Phase =
  | "pending"
  | "initializing"
  | "ready"
  | "degraded"
  | "retrying"
  | "failed"
  | "shutting_down"
  | "disabled";

export type Severity = "debug" | "info" | "warning" | "error";

export type Stage =
  | "status"
  | "config"
  | "config_reloaded"
  | "config_rejected"
  | "backend_connecting"
  | "backend_connected"
  | "backend_disconnected"
  | "backend_retrying"
  | "backend_failed"
  | "capability_change"
  | "capability_conflict"
  | "health"
  | "session_opened"
  | "session_closed"
  | "auth_failed"
  | "shutdown";

/** What a component has to tell. */
export interface Fact {
  readonly stage: Stage;
  readonly severity: Severity;
  readonly message: string;
  readonly backend?: string;
  readonly details?: JsonObject;
}

/** A fact on the bus. Ids are strings that sort by age and are unique across restarts. */
export interface Event extends Fact {
  readonly id: string;
  /** ISO 8601 in UTC. */
  readonly timestamp: string;
}

/** Follows the calls of clients from their arrival to their end: for metrics, traces and the audit. */
export interface CallObserver {
  begin(message: Message, caller: Caller): CallEntry;
}

/** What is noted about one call; gets exactly one `end`. */
export interface CallEntry {
  /** Text members for `_meta` of what goes to the backend, by key. */
  readonly meta?: Readonly<Record<string, string>>;
  /** The call goes there now; one that concerns several backends goes to each in turn. */
  routed(route: Route): void;
  /** Policy keeps this route from the caller, who gets the answer of what does not exist; `by` is what decided. */
  denied?(by: string, route: Route): void;
  end(outcome: Outcome): void;
}

/** How a call ended: with a response, which may hold an error of the backend, or with what was thrown. */
export type Outcome = { readonly response: Message } | { readonly error: unknown };

/** What a command's clock and timers are, so that tests can simulate hours. */
export interface Clock {
  now(): number;
  /** Runs `work` after `milliseconds`; the returned function cancels it. */
  after(milliseconds: number, work: () => unknown): () => void;
  /** A number in [0, 1). */
  random(): number;
}
