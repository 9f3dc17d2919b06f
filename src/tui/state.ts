// What the terminal UI knows of one server, and what it can ask of it; types only.
import type { Backend as BackendSchema } from "../manage/backends.ts";
import type { Capabilities as CapabilitiesSchema } from "../manage/capabilities.ts";
import type { Reconnect, Reload } from "../manage/control.ts";
import type { Event as EventSchema } from "../manage/event.ts";
import type { Health as HealthSchema } from "../manage/health.ts";
import type { Lock as LockSchema } from "../manage/lock.ts";
import type { Security as SecuritySchema } from "../manage/security.ts";
import type { Session as SessionSchema } from "../manage/sessions.ts";
import type { Snapshot as SnapshotSchema } from "../manage/snapshot.ts";
import type { Stderr } from "../manage/stderr.ts";

export type Snapshot = typeof SnapshotSchema.static;
export type Health = typeof HealthSchema.static;
export type BackendRecord = typeof BackendSchema.static;
export type SessionRecord = typeof SessionSchema.static;
export type EventRecord = typeof EventSchema.static;
export type Capabilities = typeof CapabilitiesSchema.static;
export type Security = typeof SecuritySchema.static;
export type Lock = typeof LockSchema.static;
export type LockChange = Lock["changes"][number];
/** What was looked at, by tool, as the lock tells it; what has changed again since then is not approved. */
export type Hashes = Readonly<Record<string, string | null>>;
export type StderrLine = (typeof Stderr.static)["lines"][number];
export type ReloadAnswer = typeof Reload.static;
export type ReconnectAnswer = ReturnType<typeof Reconnect>["static"];

/** `refused`: the server is there and does not want us, as with a wrong token; trying again by itself would not help. */
export type LinkPhase = "connecting" | "live" | "lost" | "refused";

export interface Link {
  phase: LinkPhase;
  /** One clear sentence when not live. */
  message: string | null;
  /** When it is tried again, in milliseconds since 1970. */
  nextTry: number | null;
}

/** Replaced whole with each change; what has not changed stays the same object. */
export interface ServerState {
  readonly link: Link;
  /** Kept current by events. */
  readonly snapshot: Snapshot | null;
  /** Also what filters hide; loaded when a screen asks, and again when it has changed. */
  readonly capabilities: Capabilities | null;
  /** Oldest first, the newest 1,000. */
  readonly events: readonly EventRecord[];
  /** Calls in each of the last 60 ticks of 2 s, newest last. */
  readonly calls: readonly number[];
  /** Failed ones of those. */
  readonly errors: readonly number[];
}

/** One server. */
export interface Store {
  readonly name: string;
  readonly url: string;
  /** Whether a token is sent. */
  readonly withToken: boolean;
  readonly state: ServerState;
  /** The listener is told of changes at most once in 16 ms; the returned function ends that. */
  subscribe(listener: () => void): () => void;
  start(): void;
  stop(): Promise<void>;
  loadCapabilities(): void;
  /** Counts calls and errors until the returned function is called. */
  watchRates(): () => void;
  // Each of these rejects with an error whose message is one sentence for people.
  reload(): Promise<ReloadAnswer>;
  reconnect(backend: string): Promise<ReconnectAnswer>;
  /** As they are now: no event tells that a client is at work. */
  sessions(): Promise<readonly SessionRecord[]>;
  endSession(id: string): Promise<void>;
  /** `seconds`: how long calls in flight may take. */
  shutdown(seconds?: number): Promise<void>;
  stderr(backend: string): Promise<readonly StderrLine[]>;
  security(): Promise<Security>;
  lock(): Promise<Lock>;
  approve(backend: string, tools: readonly string[], hashes?: Hashes): Promise<void>;
}
