// Which log messages which session wants: a shared connection is set to the most talkative wish, and each session gets its own.
import type { Call, Caller, Message, Origin, Session, Upstream } from "../model.ts";
import { isWanted, knownLevel, LOG_LEVELS, USUAL_LEVEL } from "../protocol/log-level.ts";
import { isObject, request, resultMessage } from "../protocol/message.ts";

export class LogLevels {
  readonly #levels = new Map<Session, string>();

  /** Sets a session's level at all backends that log. Throws GatewayError `invalid_params` for an unknown level. */
  async set(upstreams: readonly Upstream[], call: Call & { caller: Caller }): Promise<Message> {
    const level = knownLevel(call.message.body.params?.level);
    this.#levels.set(call.caller.session, level);
    const passed = upstreams.filter(mayLog).map((upstream) => ({ upstream, done: this.#pass(upstream, call) }));
    // One that is away is told when it comes back, and nobody waits for that.
    await Promise.allSettled(passed.filter(({ upstream }) => upstream.ready).map(({ done }) => done));
    return resultMessage({});
  }

  /** Whether a session gets a message of this level. One that never set its own gets what the backend thinks fit, but not what others have wished for. */
  admits(session: Session, level: unknown, { logsWished = false }: Origin): boolean {
    const wanted = this.#levels.get(session) ?? (logsWished ? USUAL_LEVEL : undefined);
    return wanted === undefined || isWanted(level, wanted);
  }

  forget(session: Session): void {
    this.#levels.delete(session);
  }

  async #pass(upstream: Upstream, call: Call): Promise<void> {
    const level = LOG_LEVELS.find((candidate) => [...this.#levels.values()].includes(candidate));
    const shared = { message: request(0, "logging/setLevel", { level }) };
    await upstream.request(upstream.sharing === "session" ? call : shared).catch(() => undefined);
  }
}

/** Whether a backend has log messages, or has not said yet. */
function mayLog({ offer }: Upstream): boolean {
  if (!offer) return true;
  const { capabilities } = offer.hello.body;
  return isObject(capabilities) && capabilities.logging !== undefined;
}
