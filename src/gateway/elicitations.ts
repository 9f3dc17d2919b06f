// Whom backends have sent to a page, to be told when that is done with (2025-11-25, Elicitation): ids are made by backends and mean nothing outside of them.
import type { Session, Upstream } from "../model.ts";
import { isObject } from "../protocol/message.ts";
import { textOf } from "../protocol/names.ts";

/** A backend that never tells of an end must not fill the memory. */
const LIMIT = 1_000;

export class Elicitations {
  /** Each backend's, oldest first. */
  readonly #byUpstream = new Map<Upstream, Map<string, Session>>();

  /** Takes note of an elicitation that has an id. What comes on a connection of one client's own is for that client anyway. */
  note(elicitation: unknown, upstream: Upstream, session: Session): void {
    if (upstream.sharing === "session" || !isObject(elicitation)) return;
    const { elicitationId: id } = elicitation;
    if (typeof id !== "string") return;
    const sessions = this.#byUpstream.get(upstream) ?? new Map<string, Session>();
    this.#byUpstream.set(upstream, sessions.set(id, session));
    const [oldest] = sessions.keys();
    if (sessions.size > LIMIT && oldest !== undefined) sessions.delete(oldest);
  }

  /** The session, if it is known, that has this elicitation of that backend, which is over now. */
  take(upstream: Upstream, id: unknown): Session[] {
    const sessions = this.#byUpstream.get(upstream);
    const session = sessions?.get(textOf(id));
    sessions?.delete(textOf(id));
    return session ? [session] : [];
  }

  forget(session: Session): void {
    for (const [upstream, sessions] of this.#byUpstream) {
      for (const [id, owner] of sessions) if (owner === session) sessions.delete(id);
      if (sessions.size === 0) this.#byUpstream.delete(upstream);
    }
  }
}
