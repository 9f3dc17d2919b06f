// All sessions: opened up to a limit, found by their key, ended when idle.
import { GatewayError } from "../errors.ts";
import type { Fact } from "../model.ts";
import { ClientSession, type SessionOptions, type SessionStatus } from "./session.ts";

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
  ) {
    this.#timer = setInterval(() => this.#tick(), HEARTBEAT);
    this.#timer.unref();
  }

  /** Opens a session; when there are too many, the one that was idle longest makes room. Throws GatewayError `unavailable` when all are busy. */
  open(options: SessionOptions): ClientSession {
    if (this.#byKey.size >= this.limits().sessions) this.#makeRoom();
    const session = new ClientSession(options);
    this.#byKey.set(session.key, session);
    this.#tell("session_opened", session, `session ${session.id} opened over ${session.transport}`);
    return session;
  }

  find(key: string): ClientSession | undefined {
    return this.#byKey.get(key);
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

  end(session: ClientSession): void {
    if (!this.#byKey.delete(session.key)) return;
    session.end();
    this.#tell("session_closed", session, `session ${session.id} closed (${session.client.name})`);
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

  #makeRoom(): void {
    const [idlest] = [...this.#byKey.values()].filter(({ idle }) => idle > 0).sort((a, b) => b.idle - a.idle);
    if (!idlest)
      throw new GatewayError(
        "unavailable",
        `all ${this.limits().sessions} sessions are in use (server.limits.sessions)`,
      );
    this.end(idlest);
  }

  #tick(): void {
    for (const session of this.#byKey.values()) {
      if (session.idle > this.limits().sessionIdle) this.end(session);
      else session.beat();
    }
  }

  #tell(stage: "session_opened" | "session_closed", { id, transport, group }: ClientSession, message: string): void {
    this.emit({ stage, severity: "debug", message, details: { session: id, transport, group } });
  }
}
