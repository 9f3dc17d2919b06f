// The calls that wait for input of their clients between two requests, each under a state that its client gets and gives back once.
import { GatewayError } from "../errors.ts";
import { Signer } from "../policy/signer.ts";

export interface ParkingLimits {
  /** How many calls may wait. */
  calls: number;
  /** Seconds that a call waits. */
  timeToLive: number;
}

/** Who may go on with what. */
export interface Claim {
  /** Whose call it is when they are counted. */
  readonly owner: string;
  /** Who asks for what: the same for a call and its continuation, and for nothing else. */
  readonly binding: string;
}

/** A call that can wait. */
export interface Waiting {
  /** Nobody waits for its end any more. */
  abandon(): void;
}

interface Place<Call> {
  readonly call: Call;
  readonly claim: Claim;
  readonly timer: ReturnType<typeof setTimeout>;
}

export class Parking<Call extends Waiting> {
  /** States are this process's own: it alone can make them. */
  readonly #signer = new Signer(crypto.getRandomValues(new Uint8Array(32)));
  /** Oldest first. */
  readonly #places = new Map<string, Place<Call>>();

  constructor(private readonly limits: () => ParkingLimits) {}

  get size(): number {
    return this.#places.size;
  }

  /** Keeps a call until its client comes back with the state that this gives, or its time is over. When there are too many, the oldest of whoever has most has to go. */
  park(call: Call, claim: Claim): string {
    const { calls, timeToLive } = this.limits();
    const id = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url");
    const timer = setTimeout(() => this.#take(id)?.call.abandon(), timeToLive * 1_000);
    timer.unref();
    this.#places.set(id, { call, claim, timer });
    if (this.#places.size > calls) this.#makeRoom();
    return this.#signer.sign(id);
  }

  /** Gives the call back that waits under this state; nothing for a state that was not made here. Throws GatewayError `invalid_params` for one of another call, or one that was used or has expired. */
  take(state: string, binding: string): Call | undefined {
    const id = this.#signer.open(state);
    if (id === undefined) return undefined;
    const place = this.#places.get(id);
    if (!place)
      throw new GatewayError("invalid_params", "requestState was used before or has expired; make the call anew");
    if (place.claim.binding !== binding)
      throw new GatewayError("invalid_params", "requestState belongs to another call; send it back with the same one");
    return this.#take(id)?.call;
  }

  stop(): void {
    for (const id of [...this.#places.keys()]) this.#take(id)?.call.abandon();
  }

  #take(id: string): Place<Call> | undefined {
    const place = this.#places.get(id);
    clearTimeout(place?.timer);
    this.#places.delete(id);
    return place;
  }

  #makeRoom(): void {
    const places = [...this.#places];
    const byOwner = Map.groupBy(places, ([, { claim }]) => claim.owner);
    const [most] = [...byOwner.values()].sort((a, b) => b.length - a.length);
    const [oldest] = most ?? [];
    if (oldest) this.#take(oldest[0])?.call.abandon();
  }
}
