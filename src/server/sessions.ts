// All sessions: opened up to a limit, found by their key, ended when idle.
import { GatewayError } from "../errors.ts";
import type { Fact, Identity } from "../model.ts";
import type { Visitor } from "./mcp.ts";
import { whoGivesWay } from "./room.ts";
import { ClientSession, type SessionOptions } from "./session.ts";
import { closedFact, openedFact, type SessionStatus } from "./session-status.ts";

export interface SessionLimits {
  sessions: number;
  /** Seconds without a word from the client after which its session ends. */
  sessionIdle: number;
}

/** Proxies close connections that are silent for a minute or so. */
const HEARTBEAT = 15_000;

export class Sessions {
  readonly #byKey = new Map<string, ClientSession>();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(
    private readonly limits: () => SessionLimits,
    private readonly emit: (fact: Fact) => void,
    /** Takes who has named the session of somebody else. */
    private readonly intruded: (session: ClientSession, identity: Identity, address: string | null) => void,
  ) {
    this.#timer = setInterval(() => this.#tick(), HEARTBEAT);
    this.#timer.unref();
  }

  /** Opens a session. When there are too many, another one makes room. Throws GatewayError `unavailable` when none has to. */
  open(options: SessionOptions): ClientSession {
    const session = new ClientSession(options);
    const { sessions } = this.limits();
    if (this.#byKey.size >= sessions)
      this.end(whoGivesWay(this.#byKey.values(), session, `all ${sessions} sessions are in use`));
    this.#byKey.set(session.key, session);
    this.emit(openedFact(session.status()));
    return session;
  }

  /** Finds the session of this key; nothing, as where there is none, when it is not this visitor's. */
  find(key: string, { identity, address }: Pick<Visitor, "identity" | "address">): ClientSession | undefined {
    const session = this.#byKey.get(key);
    if (!session || session.admit(identity)) return session;
    this.intruded(session, identity, address());
    return undefined;
  }

  /** All sessions, oldest first, as the management API shows them. */
  status(): SessionStatus[] {
    const timeToLive = this.limits().sessionIdle;
    return [...this.#byKey.values()].map((session) => ({ ...session.status(), timeToLive }));
  }

  /** Ends the session of this public id; false when there is none. */
  endById(id: string): boolean {
    const session = [...this.#byKey.values()].find((candidate) => candidate.id === id);
    if (session) this.end(session);
    return session !== undefined;
  }

  /** Closes what a client listens on beyond its requests; it may come back with a token that is still good. */
  silence(session: ClientSession): void {
    // On the older transport there is no other way for anything that is said.
    if (session.transport === "sse") this.end(session);
    else session.main.detach();
  }

  /** Has all clients show anew who they are: what they were let in by counts no longer. */
  silenceAll(): void {
    for (const session of this.#byKey.values()) this.silence(session);
  }

  end(session: ClientSession): void {
    if (!this.#byKey.delete(session.key)) return;
    session.end();
    this.emit(closedFact(session.status()));
  }

  /** Resolves when no session has a call in flight. */
  async settled(): Promise<void> {
    await Promise.all([...this.#byKey.values()].map((session) => session.settled()));
  }

  /** Answers what is still in flight with an error, and ends all sessions. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    const reason = new GatewayError("unavailable", "the gateway was shut down");
    for (const session of this.#byKey.values()) session.giveUp(reason);
    await Promise.race([this.settled(), Bun.sleep(1_000)]);
    // The answers are written in the turn after.
    await Bun.sleep(0);
    for (const session of this.#byKey.values()) this.end(session);
  }

  #tick(): void {
    for (const session of this.#byKey.values()) {
      if (session.idle > this.limits().sessionIdle) this.end(session);
      else session.beat();
    }
  }
}
