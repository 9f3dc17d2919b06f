// What the management API asks of the program; the runtime answers.
import type { BackendStatus } from "../backend/status.ts";
import type { ReloadReport } from "../config/configuration.ts";
import type { Inventory } from "../gateway/inventory.ts";
import type { Event } from "../model.ts";
import type { SessionStatus } from "../server/session.ts";

export interface Program {
  readonly version: string;
  readonly startedAt: Date;
  state(): "starting" | "running" | "stopping";
  config(): ConfigStatus;
  address(): Address;
  /** In configuration order, disabled ones included. */
  backends(): BackendStatus[];
  /** Whether every enabled backend was tried once. */
  tried(): boolean;
  inventory(): Inventory;
  sessions(): SessionStatus[];
  /** Ends the session of this public id; false when there is none. */
  endSession(id: string): boolean;
  /** The events still held, oldest first; those after an id, where one is given. */
  events(after?: string): Event[];
  /** The returned function ends the subscription. */
  subscribe(listener: (event: Event) => void): () => void;
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

export interface Address {
  host: string;
  port: number;
  sseUrl: string;
  streamableHttpUrl: string;
}
