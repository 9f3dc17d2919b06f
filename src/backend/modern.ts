// A live link to a modern backend (2026-07-28): each request says all by itself, so that one connection serves every client.
import { GatewayError } from "../errors.ts";
import type { Caller, Clock, Item, JsonObject, Message } from "../model.ts";
import { type Envelope, hasEnvelope, META } from "../protocol/envelope.ts";
import { MISSING_CAPABILITY } from "../protocol/error.ts";
import type { Edits } from "../protocol/json.ts";
import { isObject, notification, resultMessage, withMeta } from "../protocol/message.ts";
import { headOf, nameOf } from "../protocol/modern-header.ts";
import { textOf } from "../protocol/names.ts";
import { taskIdsOf } from "../protocol/tasks-extension.ts";
import { answering, inputRequestsOf, legacyResponse, resultTypeOf, unsubscribed } from "../protocol/translate.ts";
import type { Connection, ConnectionHandlers, RequestOptions } from "./connection.ts";
import { discover } from "./discover.ts";
import { Envelopes } from "./envelopes.ts";
import type { Exchange } from "./exchange.ts";
import { ask } from "./input.ts";
import { isRefusedBy, reasonOf, Sender } from "./sender.ts";
import { Updates } from "./updates.ts";

/** No call goes to a server more often than this before it is answered. */
const ROUNDS = 50;

/** How long to wait for a server that wants to know nothing but that it is asked again, in milliseconds. */
const PAUSE = 100;

export interface ModernOptions {
  /** What the gateway says of itself. */
  own: Envelope;
  clock: Clock;
  handlers: ConnectionHandlers;
  /** Whether requests have headers. */
  headed: boolean;
}

export class ModernConnection implements Connection {
  readonly #exchange: Exchange;
  readonly #own: Envelope;
  readonly #handlers: ConnectionHandlers;
  readonly #envelopes: Envelopes;
  readonly #sender: Sender;
  readonly #updates: Updates;
  /** Each request says which log messages it wants. */
  readonly logsWished = true;
  /** Legacy clients' calls that are under way, those that wait for a client included. */
  #open = 0;
  #idle: PromiseWithResolvers<void> | undefined;

  /** `exchange` is one whose handshake was `discover`. */
  constructor(exchange: Exchange, { own, clock, handlers, headed }: ModernOptions) {
    this.#exchange = exchange;
    this.#own = own;
    this.#handlers = handlers;
    this.#envelopes = new Envelopes(this.capabilities.logging !== undefined);
    const relisted = () => handlers.notify(notification("notifications/tools/list_changed"), undefined);
    this.#sender = new Sender(exchange, { own, clock, headed, relisted });
    this.#updates = new Updates({
      clock,
      capabilities: this.capabilities,
      listen: (message, options) => {
        const asked = withMeta(message, own);
        return exchange.request(asked, { ...options, head: headOf(asked) });
      },
      ended: () => this.ended,
      missed: (messages) => {
        this.#sender.reads.clear();
        for (const message of messages) this.take(message, undefined);
      },
      unheard: handlers.unheard,
      lost: (error) => {
        void this.close(error);
        handlers.closed(error);
      },
    });
    this.#updates.start();
  }

  get pid(): number | undefined {
    return this.#exchange.pid;
  }

  get hello(): Item {
    return this.#exchange.hello;
  }

  get capabilities(): JsonObject {
    return this.#exchange.capabilities;
  }

  get busy(): boolean {
    return this.#open > 0 || this.callers().length > 0;
  }

  get ended(): boolean {
    return this.#exchange.ended;
  }

  callers(): Caller[] {
    return this.#exchange.callers();
  }

  /** Takes a notification of the server. */
  take(message: Message, caller: Caller | undefined): void {
    const { method, params: { _meta: meta, notifications, uri } = {} } = message.body;
    const subscription = isObject(meta) ? meta[META.subscription] : undefined;
    switch (method) {
      case "notifications/subscriptions/acknowledged":
        this.#updates.acknowledged(subscription, notifications);
        return;
      case "notifications/resources/updated":
        this.#sender.reads.updated(textOf(uri));
        break;
      case "notifications/resources/list_changed":
        this.#sender.reads.clear();
        break;
    }
    this.#handlers.notify(subscription === undefined ? message : unsubscribed(message), caller);
  }

  async request(message: Message, options: RequestOptions = {}): Promise<Message> {
    const { caller } = options;
    const { method, params } = message.body;
    switch (method) {
      case "ping":
        return this.#probe(options);
      case "logging/setLevel":
        this.#envelopes.setLevel(textOf(params?.level), caller?.session);
        return resultMessage({});
      case "resources/subscribe":
        return this.#updates.follow(textOf(params?.uri)).then(() => resultMessage({}));
      case "resources/unsubscribe":
        return this.#updates.unfollow(textOf(params?.uri)).then(() => resultMessage({}));
      // All tasks that are followed, in place of those before: the gateway's own, never a client's.
      case "subscriptions/listen": {
        const taskIds = await this.#updates.followTasks(taskIdsOf(params?.notifications));
        return resultMessage({ notifications: { taskIds } });
      }
    }
    if (caller?.era === "modern" && hasEnvelope(message.body)) return this.#sender.send(message, options);
    this.#open++;
    try {
      return await this.#inRounds(message, options);
    } finally {
      this.#open--;
      if (this.#open === 0) this.#idle?.resolve();
    }
  }

  unusable(tool: JsonObject): string | undefined {
    return this.#sender.problemOf(tool);
  }

  /** Modern servers take no notification of a client but that of a cancellation, which comes by its signal. */
  notify(): void {}

  close(reason?: GatewayError): Promise<void> {
    this.#updates.stop();
    return this.#exchange.close(reason);
  }

  async retire(): Promise<void> {
    if (this.#open > 0) {
      this.#idle ??= Promise.withResolvers();
      await this.#idle.promise;
    }
    this.#updates.stop();
    await this.#exchange.retire();
  }

  /** Makes a legacy client's call, and makes it again with what the server wants to know, until it is answered. */
  async #inRounds(message: Message, options: RequestOptions): Promise<Message> {
    const { caller, signal } = options;
    let asked = withMeta(message, caller ? this.#envelopes.of(caller.session) : this.#own);
    for (let round = 0; round < ROUNDS; round++) {
      const response = await this.#sender.send(asked, options);
      if (resultTypeOf(response) !== "input_required") return this.#translated(asked, response, options.edits);
      const requests = inputRequestsOf(response);
      if (requests.length > 0 && !caller) break;
      if (requests.length === 0) await Bun.sleep(PAUSE);
      const answers = caller ? await ask(requests, caller, signal) : {};
      asked = answering(asked, response, answers);
    }
    throw new GatewayError("internal", "asks for ever more input");
  }

  /** There is no ping any more, and a server that is not what it was must not pass for alive. */
  async #probe({ timeout = 0 }: RequestOptions): Promise<Message> {
    await discover(this.#own)(this.#exchange.request.bind(this.#exchange), timeout);
    return resultMessage({});
  }

  #translated(message: Message, response: Message, edits: Edits | undefined): Message {
    if (isRefusedBy(response, MISSING_CAPABILITY))
      throw new GatewayError("invalid_request", `needs what the client does not support: ${reasonOf(response)}`);
    const type = resultTypeOf(response);
    if (type !== "complete")
      throw new GatewayError("internal", `answered with a result of type ${JSON.stringify(type)}, unknown here`);
    const { method } = message.body;
    return legacyResponse(response, method === "tools/call" && this.#sender.tools.isWrapped(nameOf(message, edits)));
  }
}
