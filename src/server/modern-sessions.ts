// Lends a session to each call of a modern client, and keeps it for the client's next one: a backend may have a connection for it.
import type { Gateway } from "../gateway/gateway.ts";
import type { Message } from "../model.ts";
import type { Envelope } from "../protocol/modern-request.ts";
import type { Visitor } from "./mcp.ts";
import { ModernSession, statusOf } from "./modern-session.ts";
import type { SessionStatus } from "./session.ts";
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

export class ModernSessions {
  /** By client, the one that was used last at the end. */
  readonly #idle = new Map<string, ModernSession[]>();
  readonly #keys = new Map<ModernSession, string | undefined>();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(
    private readonly gateway: Gateway,
    private readonly limits: () => SessionLimits,
  ) {
    this.#timer = setInterval(() => this.#sweep(), PERIOD);
    this.#timer.unref();
  }

  /** Gives a session that nobody else has until it is given back. */
  lend({ request, visitor, message }: Opening, envelope: Envelope): ModernSession {
    const { identity, group } = visitor;
    const address = visitor.address();
    const userKey = userKeyOf(identity, isLocal(request, address));
    // What a backend asks, and keeps between calls, depends on all of this.
    const key = userKey && JSON.stringify([userKey, group, envelope.clientInfo, envelope.capabilities]);
    const kept = key === undefined ? undefined : this.#idle.get(key)?.pop();
    if (kept) {
      Object.assign(kept, { identity, address });
      return kept;
    }
    const session = new ModernSession({ group, address, identity, message, envelope, userKey });
    this.#keys.set(session, key);
    return session;
  }

  giveBack(session: ModernSession): void {
    session.cancel = undefined;
    session.touch();
    const key = this.#keys.get(session);
    if (key === undefined || this.#keys.size > this.limits().sessions) {
      this.#end(session);
      return;
    }
    const idle = this.#idle.get(key) ?? [];
    idle.push(session);
    this.#idle.set(key, idle);
  }

  status(): SessionStatus[] {
    const timeToLive = this.limits().sessionIdle;
    return [...this.#keys.keys()].map((session) => ({ ...statusOf(session, this.gateway), timeToLive }));
  }

  /** Ends the session of this public id, with what is under way; false when there is none. */
  endById(id: string): boolean {
    const session = [...this.#keys.keys()].find((candidate) => candidate.id === id);
    if (session) this.#end(session);
    return session !== undefined;
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const session of [...this.#keys.keys()]) this.#end(session);
  }

  #end(session: ModernSession): void {
    const key = this.#keys.get(session);
    if (!this.#keys.delete(session)) return;
    const idle = key === undefined ? [] : (this.#idle.get(key) ?? []);
    const others = idle.filter((other) => other !== session);
    if (key !== undefined && others.length === 0) this.#idle.delete(key);
    else if (key !== undefined) this.#idle.set(key, others);
    session.cancel?.();
    this.gateway.close(session);
  }

  #sweep(): void {
    for (const idle of [...this.#idle.values()]) {
      const last = idle.at(-1);
      for (const session of [...idle])
        if (session.idle > (session === last ? this.limits().sessionIdle : SPARE)) this.#end(session);
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
