// The newest calls that a policy has denied, for whoever looks why something is not there.
import type { CallEntry, Caller, CallObserver, Message, Route } from "../model.ts";
import { capabilityOf } from "./audit-calls.ts";

export interface Denial {
  /** ISO 8601 in UTC. */
  readonly timestamp: string;
  /** The public id of the session. */
  readonly session: string;
  /** The verified subject. */
  readonly user: string | null;
  readonly method: string;
  /** The exposed name or URI, as the client gave it. */
  readonly name: string | null;
  readonly backend: string;
  /** What decided, as it is found in the configuration. */
  readonly by: string;
}

/** So many denials are kept. */
const KEPT = 100;

/** What a client names may be of any length. */
const LONGEST = 512;

export class Denials {
  readonly #newest: Denial[] = [];
  readonly observer: CallObserver = {
    begin: (message, caller) => new Watched(message, caller, (denial) => this.#add(denial)),
  };

  /** Oldest first. */
  get newest(): readonly Denial[] {
    return this.#newest;
  }

  #add(denial: Denial): void {
    this.#newest.push(denial);
    if (this.#newest.length > KEPT) this.#newest.shift();
  }
}

class Watched implements CallEntry {
  #denial: { by: string; route: Route } | undefined;

  constructor(
    private readonly message: Message,
    private readonly caller: Caller,
    private readonly add: (denial: Denial) => void,
  ) {}

  routed(): void {
    this.#denial = undefined;
  }

  denied(by: string, route: Route): void {
    this.#denial = { by, route };
  }

  /** Only here it is certain that it went nowhere else. */
  end(): void {
    if (!this.#denial) return;
    const { by, route } = this.#denial;
    const { session, identity = session.identity } = this.caller;
    const { method = "", params = {} } = this.message.body;
    this.add({
      timestamp: new Date().toISOString(),
      session: session.id,
      user: identity.subject,
      method,
      name: capabilityOf(method, params)?.slice(0, LONGEST) ?? null,
      backend: route.upstream.name,
      by,
    });
  }
}
