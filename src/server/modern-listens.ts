// All that modern clients listen to (2026-07-28, Subscriptions): each subscription is a session of its own to the gateway.
import { GatewayError } from "../errors.ts";
import type { Gateway } from "../gateway/gateway.ts";
import type { Caller, Fact, JsonObject, Message } from "../model.ts";
import { request } from "../protocol/message.ts";
import { type Filter, farewell, filterOf } from "../protocol/modern-listen.ts";
import type { Envelope } from "../protocol/modern-request.ts";
import { hasTasks, listenToTasks, mustHaveTasks } from "../protocol/tasks-extension.ts";
import { atExpiry } from "./expiry.ts";
import type { Arrival } from "./modern-calls.ts";
import { statusOf } from "./modern-session.ts";
import { Subscription } from "./modern-subscription.ts";
import { whoGivesWay } from "./room.ts";
import { closedFact, openedFact, type SessionStatus } from "./session-status.ts";
import type { SessionLimits } from "./sessions.ts";

/** Proxies close connections that are silent for a minute or so; in milliseconds. */
const HEARTBEAT = 15_000;

export interface ModernListensOptions {
  gateway: Gateway;
  serverInfo: JsonObject;
  limits(): SessionLimits;
  emit(fact: Fact): void;
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
    const { gateway, serverInfo, limits, emit } = this.options;
    const filter = filterOf(message);
    if (!accepts.events) throw new GatewayError("invalid_request", "Accept must list text/event-stream");
    const { group, identity } = visitor;
    if (filter.tasks.length > 0 && hasTasks(gateway.hello(group, identity.roles, "modern").capabilities))
      mustHaveTasks(envelope.capabilities);
    const options = { group, identity, address: visitor.address(), message, envelope };
    const { sessions } = limits();
    if (this.#open.size >= sessions)
      whoGivesWay(this.#open, options, `all ${sessions} subscriptions are in use`).cancel?.();
    const subscription = new Subscription(options, id, () => this.#end(subscription));
    subscription.cancel = () => this.#end(subscription, farewell(id, serverInfo));
    this.#open.add(subscription);
    gateway.open(subscription);
    emit(openedFact(statusOf(subscription, gateway)));
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
  async #subscribe(subscription: Subscription, { changes, resources, tasks }: Filter): Promise<void> {
    const [agreedResources, agreedTasks] = await Promise.all([
      this.#agreed(subscription, resources, (uri) => request(0, "resources/subscribe", { uri })),
      this.#agreed(subscription, tasks, (taskId) => listenToTasks([taskId])),
    ]);
    if (subscription.ended.aborted) return;
    subscription.acknowledge({ changes, resources: agreedResources, tasks: agreedTasks });
    if (changes.size + agreedResources.length + agreedTasks.length === 0) subscription.cancel?.();
  }

  /** Those of which a backend tells from now on. */
  async #agreed(session: Subscription, wanted: readonly string[], ask: (one: string) => Message): Promise<string[]> {
    const agreed = await Promise.all(wanted.map((one) => this.#agrees(session, ask(one))));
    return wanted.filter((_, index) => agreed[index]);
  }

  async #agrees(session: Subscription, message: Message): Promise<boolean> {
    const { identity, ended: signal } = session;
    const caller: Caller = { session, identity, era: "modern", ask: () => session.ask(), notify: () => undefined };
    const response = await this.options.gateway.request({ message, caller, signal }).catch(() => undefined);
    return response !== undefined && response.body.error === undefined;
  }

  #end(subscription: Subscription, last?: string): void {
    if (!this.#open.delete(subscription)) return;
    subscription.forgetExpiry?.();
    subscription.close(last);
    const { gateway, emit } = this.options;
    gateway.close(subscription);
    emit(closedFact(statusOf(subscription, gateway)));
  }

  #beat(): void {
    for (const subscription of this.#open) subscription.beat();
  }
}
