// What requests to a modern backend say of the legacy clients that they come from, who have said it once and for all.
import type { Session } from "../model.ts";
import { type Envelope, envelopeOf, modernCapabilities } from "../protocol/envelope.ts";
import { pick } from "../protocol/json.ts";
import { USUAL_LEVEL } from "../protocol/log-level.ts";
import { isObject } from "../protocol/message.ts";

const NOBODY = '{"name":"unknown","version":"0"}';

export class Envelopes {
  #known = new WeakMap<Session, Envelope>();
  /** The log level of each session that has set its own, and of all others. */
  readonly #levels = new WeakMap<Session, string>();
  #level: string = USUAL_LEVEL;

  /** `logs` says whether the backend has log messages at all. */
  constructor(private readonly logs: boolean) {}

  of(session: Session): Envelope {
    const known = this.#known.get(session) ?? this.#make(session);
    this.#known.set(session, known);
    return known;
  }

  /** Sets what a session wants to hear; without one, what all want that have not said it. */
  setLevel(level: string, session: Session | undefined): void {
    if (session) this.#levels.set(session, level);
    else this.#level = level;
    this.#known = new WeakMap();
  }

  #make(session: Session): Envelope {
    const { text, body } = session.hello;
    const declared = isObject(body.params?.capabilities) ? pick(text, ["params", "capabilities"]) : undefined;
    return envelopeOf({
      capabilities: modernCapabilities(declared ?? "{}"),
      info: pick(text, ["params", "clientInfo"]) ?? NOBODY,
      level: this.logs ? (this.#levels.get(session) ?? this.#level) : undefined,
    });
  }
}
