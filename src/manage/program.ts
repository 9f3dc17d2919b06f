// What the management API asks of the program, and the parts that answer.
import type { PrintedLine } from "../backend/printed.ts";
import type { BackendStatus } from "../backend/status.ts";
import type { Supervisor } from "../backend/supervisor.ts";
import type { Configuration, ReloadReport } from "../config/configuration.ts";
import type { Config } from "../config/schema.ts";
import type { Gateway } from "../gateway/gateway.ts";
import type { Inventory } from "../gateway/inventory.ts";
import type { LockStatus, Seen, ToolLock } from "../gateway/tool-lock.ts";
import type { Event } from "../model.ts";
import type { Bus } from "../observe/bus.ts";
import type { Denial, Denials } from "../observe/denials.ts";
import type { Address } from "../server/http-server.ts";
import type { Modern } from "../server/modern.ts";
import type { SessionStatus } from "../server/session-status.ts";
import type { Sessions } from "../server/sessions.ts";

export interface Program {
  readonly version: string;
  readonly startedAt: Date;
  state(): "starting" | "running" | "stopping";
  config(): ConfigStatus;
  address(): Address;
  /** In configuration order, disabled ones included. */
  backends(): BackendStatus[];
  /** The newest lines that a backend has printed beside messages, oldest first; nothing for an unknown name. */
  printed(backend: string): readonly PrintedLine[] | undefined;
  /** Whether every enabled backend was tried once. */
  tried(): boolean;
  inventory(): Inventory;
  lock(): LockStatus;
  /** Approves tools of a backend as they are now, or as they were `seen`; gives their names. Throws GatewayError `not_found` or `conflict`. */
  approve(backend: string, tools: readonly string[], seen?: Seen): string[];
  sessions(): SessionStatus[];
  /** Ends the session of this public id; false when there is none. */
  endSession(id: string): boolean;
  /** The events still held, oldest first; those after an id, where one is given. */
  events(after?: string): Event[];
  /** The returned function ends the subscription. */
  subscribe(listener: (event: Event) => void): () => void;
  security(): SecurityStatus;
  reload(): Promise<ReloadReport>;
  /** Throws GatewayError: `not_found` for an unknown name, `conflict` for a disabled backend, else what went wrong. */
  reconnect(name: string): Promise<void>;
  /** Begins to end the program; `timeout` is in seconds. */
  shutdown(timeout: number): void;
  metrics(): Promise<{ type: string; text: string }>;
}

export interface ConfigStatus {
  /** The file's absolute path. */
  file: string;
  loadedAt: Date;
  featureFlags: Readonly<Record<string, boolean>>;
}

/** How clients are known, what they may, and what was refused. */
export interface SecurityStatus {
  incomingAuth: Pick<Config["incoming_auth"], "type" | "issuer" | "audience">;
  authorization: Config["authorization"];
  /** The newest, oldest first. */
  denials: readonly Denial[];
  /** `pending`: so many tools wait for approval. */
  toolLock: { mode: "off" | "warn" | "block"; pending: number };
}

/** What the runtime is made of, as far as the management API concerns it. */
export interface Parts extends Pick<Program, "version" | "startedAt" | "address" | "shutdown" | "metrics"> {
  configuration: Configuration;
  supervisor: Supervisor;
  gateway: Gateway;
  toolLock: ToolLock;
  sessions: Sessions;
  modern: Modern;
  bus: Bus;
  denials: Denials;
  stopping(): boolean;
}

/** Asks the parts; nothing is kept, so that every answer is of this moment. */
export function programOf(parts: Parts): Program {
  const { configuration, supervisor, gateway, toolLock, sessions, modern, bus, denials } = parts;
  return {
    version: parts.version,
    startedAt: parts.startedAt,
    state: () => (parts.stopping() ? "stopping" : supervisor.tried ? "running" : "starting"),
    config: () => ({
      file: configuration.file,
      loadedAt: configuration.loadedAt,
      featureFlags: configuration.current.feature_flags,
    }),
    address: parts.address,
    backends: () => supervisor.status(),
    printed: (name) => supervisor.printed(name),
    tried: () => supervisor.tried,
    inventory: () => gateway.inventory(),
    lock: () => toolLock.status,
    approve: (backend, tools, seen) => toolLock.approve(backend, tools, seen),
    sessions: () => [...sessions.status(), ...modern.status()],
    endSession: (id) => sessions.endById(id) || modern.endById(id),
    events: (after) => bus.events(after),
    subscribe: (listener) => bus.subscribe(listener),
    security: () => ({
      incomingAuth: incomingAuthOf(configuration.current),
      authorization: configuration.current.authorization,
      denials: denials.newest,
      toolLock: { mode: toolLock.mode, pending: toolLock.pending },
    }),
    reload: () => configuration.reload(),
    reconnect: (name) => supervisor.reconnect(name),
    shutdown: parts.shutdown,
    metrics: parts.metrics,
  };
}

/** Without the secrets that stand beside these. */
function incomingAuthOf({ incoming_auth: { type, issuer, audience } }: Config): SecurityStatus["incomingAuth"] {
  return { type, issuer, audience };
}
