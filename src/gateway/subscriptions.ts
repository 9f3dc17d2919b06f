// Who has subscribed to which resource: a shared connection subscribes once for all, and updates go only to those who asked.
import type { Call, Caller, Message, Session, Upstream } from "../model.ts";
import { request, resultMessage } from "../protocol/message.ts";

export class Subscriptions {
  readonly #sessions = new Map<Upstream, Map<string, Set<Session>>>();

  /** Subscribes a session; the backend is asked for the first one only. */
  async subscribe(upstream: Upstream, uri: string, call: Call & { caller: Caller }): Promise<Message> {
    if (upstream.sharing === "session") return upstream.request(call);
    const known = this.#of(upstream).get(uri);
    const response = known ? resultMessage({}) : await upstream.request(call);
    if (response.body.error === undefined) this.#add(upstream, uri, call.caller.session);
    return response;
  }

  /** Unsubscribes a session; the backend is told after the last one. */
  async unsubscribe(upstream: Upstream, uri: string, call: Call & { caller: Caller }): Promise<Message> {
    if (upstream.sharing === "session") return upstream.request(call);
    return this.#remove(upstream, uri, call.caller.session) ? upstream.request(call) : resultMessage({});
  }

  /** The sessions that want to hear of this URI. */
  listeners(upstream: Upstream, uri: unknown): Session[] {
    const found = new Set<Session>();
    for (const [subscribed, sessions] of this.#of(upstream)) {
      if (concerns(subscribed, uri)) for (const session of sessions) found.add(session);
    }
    return [...found];
  }

  /** Drops all that a session had subscribed to. */
  forget(session: Session): void {
    for (const [upstream, byUri] of this.#sessions) {
      for (const uri of [...byUri.keys()]) {
        if (!this.#remove(upstream, uri, session)) continue;
        upstream.request({ message: request(0, "resources/unsubscribe", { uri }) }).catch(() => undefined);
      }
    }
  }

  #of(upstream: Upstream): Map<string, Set<Session>> {
    return this.#sessions.get(upstream) ?? new Map();
  }

  #add(upstream: Upstream, uri: string, session: Session): void {
    const byUri = this.#of(upstream);
    this.#sessions.set(upstream, byUri);
    byUri.set(uri, (byUri.get(uri) ?? new Set()).add(session));
  }

  /** Gives true when nobody is left for this URI. */
  #remove(upstream: Upstream, uri: string, session: Session): boolean {
    const sessions = this.#of(upstream).get(uri);
    if (!sessions?.delete(session) || sessions.size > 0) return false;
    this.#of(upstream).delete(uri);
    if (this.#of(upstream).size === 0) this.#sessions.delete(upstream);
    return true;
  }
}

/** Whether news of a URI are for who has subscribed to another: it may be a part of that (Resources, Subscriptions). */
export function concerns(subscribed: string, uri: unknown): boolean {
  return uri === subscribed || (typeof uri === "string" && uri.startsWith(`${subscribed.replace(/\/$/, "")}/`));
}
