// Which log messages which session wants: a shared connection is set to the most talkative wish, and each session gets its own.
import { GatewayError } from "../errors.ts";
import type { Call, Caller, Message, Session, Upstream } from "../model.ts";
import { isWanted, LOG_LEVELS } from "../protocol/log-level.ts";
import { isObject, request, resultMessage } from "../protocol/message.ts";

/** What a session that never set a level gets once another one has changed the backend's. */
const UNSET = "info";

export class LogLevels {
  readonly #levels = new Map<Session, string>();

  /** Sets a session's level at all backends that log. Throws GatewayError `invalid_params` for an unknown level. */
  async set(upstreams: readonly Upstream[], call: Call & { caller: Caller }): Promise<Message> {
    const level = call.message.body.params?.level;
    if (typeof level !== "string" || !LOG_LEVELS.includes(level)) {
      throw new GatewayError(
        "invalid_params",
        `unknown log level ${JSON.stringify(level)}; known are ${LOG_LEVELS.join(", ")}`,
      );
    }
    this.#levels.set(call.caller.session, level);
    const passed = upstreams.filter(mayLog).map((upstream) => ({ upstream, done: this.#pass(upstream, call) }));
    // One that is away is told when it comes back, and nobody waits for that.
    await Promise.allSettled(passed.filter(({ upstream }) => upstream.ready).map(({ done }) => done));
    return resultMessage({});
  }

  /** Whether a session wants a message of this level. */
  admits(session: Session, level: unknown): boolean {
    return this.#levels.size === 0 || isWanted(level, this.#levels.get(session) ?? UNSET);
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
