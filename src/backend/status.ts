// How a backend is described: what it is made from, and what it looks like from outside.
import type { BackendConfig } from "../config/backend-schema.ts";
import type { Clock, Counts, Downstream, Era, Fact, JsonObject, Phase, Sharing } from "../model.ts";
import type { Redactor } from "../observe/redact.ts";
import type { Credentials, CredentialsOptions, TokenStore } from "./credentials.ts";
import type { Protocol } from "./eras.ts";
import type { HealthRules, HealthStatus } from "./health.ts";
import type { Condition } from "./life.ts";
import type { Traffic, Transport, TransportMeans } from "./transport.ts";

export interface Timeouts {
  /** Seconds for connecting and the handshake. */
  init: number;
  /** Seconds for each page of a list. */
  capFetch: number;
  /** Seconds for a call; 0 for none. */
  call: number;
}

export interface BackendOptions {
  name: string;
  type: string;
  group: string;
  sharing: Sharing;
  enabled: boolean;
  timeouts: Timeouts;
  /** Whether there can be only one at a time: a local process behind a fixed URL. */
  exclusive: boolean;
  /** The definition that this was made from. */
  definition: BackendConfig;
  /** Makes what its connections have in common to be authorized with, where it asks for that. */
  credentials?(options: CredentialsOptions): Credentials | undefined;
  protocol: Protocol;
  /** Whether each era has a transport of its own. */
  apart: boolean;
  /** Makes an unopened transport for an era. */
  transport(means: TransportMeans, era: Era): Promise<Transport>;
}

export interface BackendDependencies {
  clock: Clock;
  downstream: Downstream;
  version: string;
  health(): HealthRules;
  emit(fact: Fact): void;
  /** Knows what no client may learn from an error. */
  redactor: Redactor;
  /** A line that the backend printed beside messages. */
  output(backend: string, line: string): void;
  /** The offer may have changed. */
  changed(): void;
  /** Keeps what somebody has granted; without one it is asked for at each start. */
  tokens?: TokenStore;
}

/** A backend as the management API shows it. */
export interface BackendStatus {
  name: string;
  type: string;
  group: string;
  sharing: Sharing;
  phase: Phase;
  connectedAt: Date | null;
  error: string | null;
  capabilities: Counts;
  health: HealthStatus;
  conditions: readonly Condition[];
  pid: number | null;
  restarts: number;
  traffic: Readonly<Traffic>;
  /** The one that it was found to speak; null before that. */
  era: Era | null;
  protocolVersion: string | null;
  serverInfo: JsonObject | null;
}
