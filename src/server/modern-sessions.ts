// Lends a session to each call of a modern client, and keeps it for the client's next one: a backend may have a connection for it.
import type { Gateway } from "../gateway/gateway.ts";
import type { Fact, Message } from "../model.ts";
import type { Envelope } from "../protocol/modern-request.ts";
import type { Visitor } from "./mcp.ts";
import { ModernSession, statusOf } from "./modern-session.ts";
import { whoGivesWay } from "./room.ts";
import { closedFact, openedFact, type SessionStatus } from "./session-status.ts";
import type { SessionLimits } from "./sessions.ts";

/** How often sessions are looked at that nobody needs, in milliseconds. */
const PERIOD = 15_000;

/** Those that only a crowd of calls at once needed are kept for so many seconds. */
const SPARE = 60;

/** What a session is lent for. */
export interface Opening {
  request: Request;
  visitor: Visitor;
  message: Message;
}

export interface ModernSessionsOptions {
  gateway: Gateway;
  limits(): SessionLimits;
  emit(fact: Fact): void;
}

/** A client that is known again: it has as many sessions as it had calls at once, all under one id. */
interface Client {
  readonly key: string;
  readonly id: string;
  readonly createdAt: Date;
  readonly sessions: Set<ModernSession>;
  /** Those that no call has, the one that was used last at the end. */
  idle: ModernSession[];
}

export class ModernSessions {
  readonly #options: ModernSessionsOptions;
  readonly #clients = new Map<string, Client>();
  /** All of them, with the clients that they are kept for; each call of another one has a session to itself. */
  readonly #sessions = new Map<ModernSession, Client | undefined>();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(options: ModernSessionsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#sweep(), PERIOD);
    this.#timer.unref();
  }

  /** Gives a session that nobody else has until it is given back. Throws GatewayError `unavailable` when there are too many, and none makes room. */
  lend({ request, visitor, message }: Opening, envelope: Envelope): ModernSession {
    const { identity, group } = visitor;
    const address = visitor.address();
    const userKey = userKeyOf(identity, isLocal(request, address));
    // What a backend asks, and keeps between calls, depends on all of this.
    const key = userKey && JSON.stringify([userKey, group, envelope.clientInfo, envelope.capabilities]);
    const kept = key === undefined ? undefined : this.#clients.get(key)?.idle.pop();
    if (kept) {
      Object.assign(kept, { identity, address });
      return kept;
    }
    if (this.#sessions.size >= this.#options.limits().sessions) this.#makeRoom({ identity, address });
    const client = key === undefined ? undefined : this.#knownBy(key);
    const session = new ModernSession({ group, address, identity, message, envelope, userKey, client });
    this.#sessions.set(session, client);
    client?.sessions.add(session);
    if (client?.sessions.size === 1) this.#options.emit(openedFact(statusOf(session, this.#options.gateway)));
    return session;
  }

  giveBack(session: ModernSession): void {
    session.cancel = undefined;
    session.waitsSince = undefined;
    session.touch();
    const client = this.#sessions.get(session);
    if (client && this.#sessions.size <= this.#options.limits().sessions) client.idle.push(session);
    else this.#end(session);
  }

  /** The clients that are known again, and the calls of all others. */
  status(): SessionStatus[] {
    const { gateway, limits } = this.#options;
    const timeToLive = limits().sessionIdle;
    const byId = Map.groupBy(this.#sessions.keys(), ({ id }) => id);
    return [...byId.values()].map((sessions) => {
      const busiest = sessions.reduce((one, other) => (other.idle < one.idle ? other : one));
      return { ...statusOf(busiest, gateway), timeToLive };
    });
  }

  /** Ends the sessions of this public id, with what is under way; false when there is none. */
  endById(id: string): boolean {
    const found = [...this.#sessions.keys()].filter((session) => session.id === id);
    for (const session of found) this.#end(session);
    return found.length > 0;
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const session of [...this.#sessions.keys()]) this.#end(session);
  }

  #knownBy(key: string): Client {
    const known = this.#clients.get(key);
    if (known) return known;
    const client = {
      key,
      id: crypto.randomUUID(),
      createdAt: new Date(),
      sessions: new Set<ModernSession>(),
      idle: [],
    };
    this.#clients.set(key, client);
    return client;
  }

  #makeRoom(newcomer: Pick<Visitor, "identity"> & { address: string | null }): void {
    const { sessions } = this.#options.limits();
    const all = `all ${sessions} sessions for calls are in use`;
    this.#end(whoGivesWay(this.#sessions.keys(), newcomer, all), "made room for another call (server.limits.sessions)");
  }

  #end(session: ModernSession, reason?: string): void {
    const client = this.#sessions.get(session);
    if (!this.#sessions.delete(session)) return;
    session.cancel?.(reason);
    const { gateway, emit } = this.#options;
    gateway.close(session);
    if (!client) return;
    client.sessions.delete(session);
    client.idle = client.idle.filter((other) => other !== session);
    if (client.sessions.size > 0) return;
    this.#clients.delete(client.key);
    emit(closedFact(statusOf(session, gateway)));
  }

  #sweep(): void {
    const { sessionIdle } = this.#options.limits();
    for (const { idle } of [...this.#clients.values()]) {
      const last = idle.at(-1);
      for (const session of idle) if (session.idle > (session === last ? sessionIdle : SPARE)) this.#end(session);
    }
  }
}

/** Whether somebody asks from this machine, and not through a proxy on it. */
function isLocal({ headers }: Request, address: string | null): boolean {
  const near = address === null || /^(?:::ffff:)?127\.|^::1$/.test(address);
  return near && !headers.has("x-forwarded-for") && !headers.has("forwarded");
}

/** The same for one user. Who shows nothing and comes from elsewhere cannot be told apart; on this machine they are taken for one. */
function userKeyOf({ issuer, subject }: Visitor["identity"], local: boolean): string | undefined {
  if (subject !== null) return JSON.stringify([issuer, subject]);
  return local ? "local" : undefined;
}
