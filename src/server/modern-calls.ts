// The calls of modern clients: those that are under way, and those that wait until their clients have answered what they were asked.
import { GatewayError } from "../errors.ts";
import { speaksModern } from "../gateway/era.ts";
import type { Gateway } from "../gateway/gateway.ts";
import type { Message } from "../model.ts";
import { ownerOf } from "../policy/owner.ts";
import { LISTS } from "../protocol/lists.ts";
import { inputResponses, sameCall } from "../protocol/modern-input.ts";
import type { Envelope } from "../protocol/modern-request.ts";
import { cacheable, completed, UNKNOWN_FRESHNESS, withoutExecution } from "../protocol/modern-result.ts";
import type { Visitor } from "./mcp.ts";
import { ModernCall } from "./modern-call.ts";
import { ModernParams } from "./modern-params.ts";
import { type Claim, Parking } from "./modern-parking.ts";
import { BLINK, ModernReply } from "./modern-reply.ts";
import { ModernSessions, type ModernSessionsOptions, type Opening } from "./modern-sessions.ts";
import { Patience } from "./patience.ts";

/** One request with what is known of it. */
export interface Arrival extends Opening {
  /** The id of the message, as JSON text. */
  id: string;
  /** What the client takes (Accept). */
  accepts: { json: boolean; events: boolean };
}

/** Seconds that a call waits for its client at most: what a backend holds for it must not be held for long. */
const LONGEST_WAIT = 600;

/** Proxies close connections that are silent for a minute or so; in milliseconds. */
const HEARTBEAT = 15_000;

export class ModernCalls {
  readonly sessions: ModernSessions;
  readonly #gateway: Gateway;
  readonly #parking: Parking<ModernCall>;
  readonly #params = new ModernParams();
  readonly #blink = new Patience(BLINK);
  readonly #calls = new Set<ModernCall>();
  readonly #timer: ReturnType<typeof setInterval>;
  #onSettled: (() => void) | undefined;

  constructor(options: ModernSessionsOptions) {
    this.#gateway = options.gateway;
    this.sessions = new ModernSessions(options);
    this.#parking = new Parking(() => {
      const { sessions, sessionIdle } = options.limits();
      return { calls: sessions, timeToLive: Math.min(sessionIdle, LONGEST_WAIT) };
    });
    this.#timer = setInterval(() => this.#beat(), HEARTBEAT);
    this.#timer.unref();
  }

  /** Makes a call, or goes on with one. Throws GatewayError for what cannot be a call. */
  take({ request, visitor, message, id, accepts }: Arrival, envelope: Envelope): Promise<Response> {
    const { method } = message.body;
    const route = this.#gateway.routeOf(message, visitor.group, visitor.identity.roles);
    if (method === "tools/call" && route) this.#params.check(message, route, (name) => request.headers.get(name));
    const answers = inputResponses(message);
    const waiting = this.#waitingFor(message, visitor, route !== undefined && speaksModern(route.upstream));
    const call = waiting ?? this.#open({ request, visitor, message }, envelope);
    const reply = new ModernReply(request, { accepts, blink: this.#blink, gone: () => call.abandon() });
    const leg = { message, id, envelope, reply };
    if (waiting) waiting.resume(leg, answers);
    else call.begin(leg);
    return reply.response;
  }

  /** Resolves when no call is in flight but those that wait for their clients. */
  async settled(): Promise<void> {
    if (this.#calls.size <= this.#parking.size) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onSettled = resolve;
    await promise;
  }

  /** Answers what is still in flight with an error, and gives up what waits. */
  stop(): void {
    clearInterval(this.#timer);
    const reason = new GatewayError("unavailable", "the gateway was shut down");
    for (const call of this.#calls) call.fail(reason);
    this.#parking.stop();
    this.sessions.stop();
  }

  /** The call that a request goes on with. Throws GatewayError where it names one that there is not. */
  #waitingFor(message: Message, visitor: Visitor, elsewhere: boolean): ModernCall | undefined {
    const { requestState: state } = message.body.params ?? {};
    if (state === undefined) return undefined;
    const call = typeof state === "string" ? this.#parking.take(state, bindingOf(visitor, message)) : undefined;
    // Modern backends make states of their own, and legacy ones none.
    if (!call && !elsewhere) throw new GatewayError("invalid_params", "requestState was not made here, or was changed");
    return call;
  }

  #open(opening: Opening, envelope: Envelope): ModernCall {
    const { visitor, message } = opening;
    const session = this.sessions.lend(opening, envelope);
    const call = new ModernCall({
      gateway: this.#gateway,
      session,
      identity: visitor.identity,
      dress: (response) => this.#dress(message.body.method, response, visitor),
      park: (parked) => this.#parking.park(parked, claimOf(visitor, message)),
      over: () => this.#over(call),
    });
    this.#calls.add(call);
    return call;
  }

  #over(call: ModernCall): void {
    this.#calls.delete(call);
    this.sessions.giveBack(call.session);
    if (this.#calls.size <= this.#parking.size) this.#onSettled?.();
  }

  /** A complete result as modern clients expect it; what somebody gets as somebody is for nobody else. */
  #dress(method: string | undefined, response: Message, { group, identity }: Visitor): string {
    const list = LISTS.get(method ?? "");
    if (!list && method !== "resources/read") return completed(response);
    const freshness = list ? this.#gateway.freshness(list, group, identity.roles) : UNKNOWN_FRESHNESS;
    const { text, body } = response;
    const shown = list === "tools" ? { text: withoutExecution(text), body } : response;
    return cacheable(shown, freshness, isSomebody(identity));
  }

  #beat(): void {
    for (const call of this.#calls) call.beat();
  }
}

/** Whether what this identity sees may be more or less than what others see. */
export function isSomebody({ subject, roles }: Visitor["identity"]): boolean {
  return subject !== null || roles.length > 0;
}

function claimOf(visitor: Visitor, message: Message): Claim {
  return { owner: ownerOf(visitor.identity, visitor.address()), binding: bindingOf(visitor, message) };
}

/** The same for one identity that makes the same call, word for word, through the same group. */
function bindingOf({ identity: { issuer, subject }, group }: Visitor, message: Message): string {
  const what = JSON.stringify([issuer, subject, group, sameCall(message)]);
  return new Bun.CryptoHasher("sha256").update(what).digest("base64");
}
