// What the gateway keeps for a modern client, which has no session of its own: for one call at a time, so that what a backend says can belong to no other.
import { GatewayError } from "../errors.ts";
import type { Gateway } from "../gateway/gateway.ts";
import type { Identity, JsonObject, Message, Session } from "../model.ts";
import { type Envelope, helloOf } from "../protocol/modern-request.ts";
import { MODERN_VERSION } from "../protocol/version.ts";
import { clientOf, type SessionStatus } from "./session-status.ts";

export interface ModernSessionOptions {
  group: string | null;
  address: string | null;
  identity: Identity;
  /** The request that it is opened for, and what it says of its client. */
  message: Message;
  envelope: Envelope;
  /** Absent where nothing tells one user from another. */
  userKey?: string | undefined;
  /** Whom it is kept for, whose other sessions have the same id; absent where it is for itself. */
  client?: { id: string; createdAt: Date } | undefined;
}

export class ModernSession implements Session {
  readonly id: string;
  readonly createdAt: Date;
  readonly group: string | null;
  address: string | null;
  readonly hello: Message;
  readonly capabilities: JsonObject;
  readonly userKey: string | undefined;
  identity: Identity;
  /** Ends what is under way, for this reason where there is another than that it was wanted; absent while nothing is. */
  cancel: ((reason?: string) => void) | undefined;
  /** Since when what is under way waits for its client to come back, if it does. */
  waitsSince: number | undefined;
  #touched = performance.now();

  constructor({ group, address, identity, message, envelope, userKey, client }: ModernSessionOptions) {
    this.id = client?.id ?? crypto.randomUUID();
    this.createdAt = client?.createdAt ?? new Date();
    this.group = group;
    this.address = address;
    this.identity = identity;
    this.capabilities = envelope.capabilities;
    this.userKey = userKey;
    this.hello = helloOf(message, envelope);
  }

  /** Seconds since something was under way. */
  get idle(): number {
    return this.cancel ? 0 : (performance.now() - this.#touched) / 1_000;
  }

  touch(): void {
    this.#touched = performance.now();
  }

  /** Between its requests a modern client can be asked nothing. */
  ask(): Promise<Message> {
    return Promise.reject(
      new GatewayError("unavailable", "the client can be asked only while a call of it is under way"),
    );
  }

  /** What belongs to no call is for those who listen. */
  notify(_: Message): void {}
}

/** What the management API shows of it, without how long it may be silent. */
export function statusOf(session: ModernSession, gateway: Gateway): Omit<SessionStatus, "timeToLive"> {
  const { id, group, identity, createdAt, idle } = session;
  return {
    ...{ id, group, createdAt, idle },
    transport: "streamable-http",
    era: "modern",
    version: MODERN_VERSION,
    client: clientOf(session.hello),
    user: identity.subject,
    capabilities: gateway.counts(session),
  };
}
