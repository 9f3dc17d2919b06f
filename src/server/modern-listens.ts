// All that modern clients listen to (2026-07-28, Subscriptions): each subscription is a session of its own to the gateway.
import { GatewayError } from "../errors.ts";
import type { Gateway } from "../gateway/gateway.ts";
import type { Caller, JsonObject } from "../model.ts";
import { request } from "../protocol/message.ts";
import { type Filter, farewell, filterOf } from "../protocol/modern-listen.ts";
import type { Envelope } from "../protocol/modern-request.ts";
import { atExpiry } from "./expiry.ts";
import type { Arrival } from "./modern-calls.ts";
import { statusOf } from "./modern-session.ts";
import { Subscription } from "./modern-subscription.ts";
import type { SessionStatus } from "./session.ts";
import type { SessionLimits } from "./sessions.ts";

/** Proxies close connections that are silent for a minute or so; in milliseconds. */
const HEARTBEAT = 15_000;

export interface ModernListensOptions {
  gateway: Gateway;
  serverInfo: JsonObject;
  limits(): SessionLimits;
}

export class ModernListens {
  readonly #open = new Set<Subscription>();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(private readonly options: ModernListensOptions) {
    this.#timer = setInterval(() => this.#beat(), HEARTBEAT);
    this.#timer.unref();
  }

  /** Opens a subscription. Throws GatewayError where nothing can be listened to. */
  open({ visitor, message, id, accepts }: Arrival, envelope: Envelope): Response {
    const { gateway, serverInfo, limits } = this.options;
    const filter = filterOf(message);
    if (!accepts.events) throw new GatewayError("invalid_request", "Accept must list text/event-stream");
    if (this.#open.size >= limits().sessions)
      throw new GatewayError(
        "unavailable",
        `all ${limits().sessions} subscriptions are in use (server.limits.sessions)`,
      );
    const { group, identity } = visitor;
    const options = { group, identity, address: visitor.address(), message, envelope };
    const subscription = new Subscription(options, id, () => this.#end(subscription));
    subscription.cancel = () => this.#end(subscription, farewell(id, serverInfo));
    this.#open.add(subscription);
    gateway.open(subscription);
    subscription.forgetExpiry = atExpiry(() => identity, subscription.cancel);
    void this.#subscribe(subscription, filter);
    return subscription.response;
  }

  status(): SessionStatus[] {
    const timeToLive = this.options.limits().sessionIdle;
    return [...this.#open].map((subscription) => ({
      ...statusOf(subscription, this.options.gateway),
      timeToLive,
    }));
  }

  /** Ends the subscription of this public id; false when there is none. */
  endById(id: string): boolean {
    const subscription = [...this.#open].find((candidate) => candidate.id === id);
    subscription?.cancel?.();
    return subscription !== undefined;
  }

  /** Ends all of them; clients may listen again with what still shows who they are. */
  silence(): void {
    for (const { cancel } of this.#open) cancel?.();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.silence();
  }

  /** Acknowledges what backends have agreed to; what can never tell anything ends at once. */
  async #subscribe(subscription: Subscription, { changes, resources }: Filter): Promise<void> {
    const agreed = await Promise.all(resources.map((uri) => this.#agrees(subscription, uri)));
    if (subscription.ended.aborted) return;
    const honoured = { changes, resources: resources.filter((_, index) => agreed[index]) };
    subscription.acknowledge(honoured);
    if (honoured.changes.size === 0 && honoured.resources.length === 0) subscription.cancel?.();
  }

  async #agrees(session: Subscription, uri: string): Promise<boolean> {
    const message = request(0, "resources/subscribe", { uri });
    const { identity, ended: signal } = session;
    const caller: Caller = { session, identity, era: "modern", ask: () => session.ask(), notify: () => undefined };
    const response = await this.options.gateway.request({ message, caller, signal }).catch(() => undefined);
    return response !== undefined && response.body.error === undefined;
  }

  #end(subscription: Subscription, last?: string): void {
    if (!this.#open.delete(subscription)) return;
    subscription.forgetExpiry?.();
    subscription.close(last);
    this.options.gateway.close(subscription);
  }

  #beat(): void {
    for (const subscription of this.#open) subscription.beat();
  }
}
