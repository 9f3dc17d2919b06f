// A live link to a modern backend (2026-07-28): each request says all by itself, so that one connection serves every client.
import { GatewayError } from "../errors.ts";
import type { Caller, Clock, Item, JsonObject, Message, Session } from "../model.ts";
import { type Envelope, enveloped, envelopeOf, hasEnvelope, META, modernCapabilities } from "../protocol/envelope.ts";
import { HEADER_MISMATCH, isModernError, MISSING_CAPABILITY, UNSUPPORTED_VERSION } from "../protocol/error.ts";
import { type Edits, pick } from "../protocol/json.ts";
import { isObject, notification, request, resultMessage } from "../protocol/message.ts";
import { argumentHead, headOf, nameOf } from "../protocol/param-headers.ts";
import { answering, inputRequestsOf, legacyResponse, resultTypeOf, unsubscribed } from "../protocol/translate.ts";
import { MODERN_VERSION } from "../protocol/version.ts";
import type { Connection, ConnectionHandlers, RequestOptions } from "./connection.ts";
import { discover } from "./discover.ts";
import type { Exchange } from "./exchange.ts";
import { ask } from "./input.ts";
import { headerProblem, KnownTools } from "./known-tools.ts";
import { OtherEra } from "./other-era.ts";
import type { Head } from "./transport.ts";
import { Updates } from "./updates.ts";

/** What a legacy client gets that never said what it wants: most legacy servers send it that too. */
const USUAL_LEVEL = "info";

/** No call goes to a server more often than this before it is answered. */
const ROUNDS = 50;

/** No list of tools is longer than this many pages. */
const PAGES = 1_000;

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
  /** What the requests of each legacy session say of it. */
  #envelopes = new WeakMap<Session, Envelope>();
  /** The log level of each session that has set its own, and of all others. */
  readonly #levels = new WeakMap<Session, string>();
  #level = USUAL_LEVEL;

  readonly #headed: boolean;
  readonly #tools = new KnownTools();
  readonly #updates: Updates;
  /** Legacy clients' calls that are under way, those that wait for a client included. */
  #open = 0;
  #onIdle: (() => void) | undefined;

  /** `exchange` is one whose handshake was `discover`. */
  constructor(exchange: Exchange, { own, clock, handlers, headed }: ModernOptions) {
    this.#exchange = exchange;
    this.#own = own;
    this.#handlers = handlers;
    this.#headed = headed;
    this.#updates = new Updates({
      clock,
      capabilities: this.capabilities,
      listen: (message, options) => {
        const asked = enveloped(message, own);
        return exchange.request(asked, { ...options, head: headOf(asked) });
      },
      missed: (message) => handlers.notify(message, undefined),
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
    const { method, params: { _meta: meta, notifications } = {} } = message.body;
    const subscription = isObject(meta) ? meta[META.subscription] : undefined;
    if (method === "notifications/subscriptions/acknowledged") this.#updates.acknowledged(subscription, notifications);
    else this.#handlers.notify(subscription === undefined ? message : unsubscribed(message), caller);
  }

  async request(message: Message, options: RequestOptions = {}): Promise<Message> {
    const { caller } = options;
    const { method, params } = message.body;
    switch (method) {
      case "ping":
        return this.#probe(options);
      case "logging/setLevel":
        return this.#setLevel(message, caller?.session);
      case "resources/subscribe":
        return this.#updates.follow(String(params?.uri)).then(() => resultMessage({}));
      case "resources/unsubscribe":
        return this.#updates.unfollow(String(params?.uri)).then(() => resultMessage({}));
    }
    if (caller?.era === "modern" && hasEnvelope(message.body)) return this.#send(message, options);
    this.#open++;
    try {
      return await this.#inRounds(message, options);
    } finally {
      this.#open--;
      if (this.#open === 0) this.#onIdle?.();
    }
  }

  unusable(tool: JsonObject): string | undefined {
    return this.#headed ? headerProblem(tool) : undefined;
  }

  /** Modern servers take no notification of a client but that of a cancellation, which comes by its signal. */
  notify(): void {}

  close(reason?: GatewayError): Promise<void> {
    this.#updates.stop();
    return this.#exchange.close(reason);
  }

  async retire(): Promise<void> {
    if (this.#open > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onIdle = resolve;
      await promise;
    }
    this.#updates.stop();
    await this.#exchange.retire();
  }

  /** Makes a legacy client's call, and makes it again with what the server wants to know, until it is answered. */
  async #inRounds(message: Message, options: RequestOptions): Promise<Message> {
    const { caller, signal } = options;
    let asked = enveloped(message, caller ? this.#envelopeOf(caller.session) : this.#own);
    for (let round = 0; round < ROUNDS; round++) {
      const response = await this.#send(asked, options);
      if (resultTypeOf(response) !== "input_required") return this.#translated(asked, response, options.edits);
      const requests = inputRequestsOf(response);
      if (requests.length > 0 && !caller) break;
      if (requests.length === 0) await Bun.sleep(PAUSE);
      const answers = caller ? await ask(requests, caller, signal) : {};
      asked = answering(asked, response, answers);
    }
    throw new GatewayError("unavailable", "asks for ever more input");
  }

  /** There is no ping any more, and a server that is not what it was must not pass for alive. */
  async #probe({ timeout = 0 }: RequestOptions): Promise<Message> {
    await discover(this.#own)(this.#exchange.request.bind(this.#exchange), timeout);
    return resultMessage({});
  }

  /** Each request says what its sender wants to hear; without a sender, this is for all who have not said it. */
  #setLevel({ body }: Message, session: Session | undefined): Message {
    const level = String(body.params?.level);
    if (session) this.#levels.set(session, level);
    else this.#level = level;
    this.#envelopes = new WeakMap();
    return resultMessage({});
  }

  #envelopeOf(session: Session): Envelope {
    const known = this.#envelopes.get(session);
    const envelope =
      known ??
      envelopeOf({
        capabilities: modernCapabilities(session.capabilities),
        info: pick(session.hello.text, ["params", "clientInfo"]) ?? '{"name":"unknown","version":"0"}',
        level: this.capabilities.logging === undefined ? undefined : (this.#levels.get(session) ?? this.#level),
      });
    if (!known) this.#envelopes.set(session, envelope);
    return envelope;
  }

  async #send(message: Message, options: RequestOptions): Promise<Message> {
    const response = await this.#sendOnce(message, options);
    if (!isRefusedBy(response, HEADER_MISMATCH)) return response;
    // The tool wants other headers than it did when it was listed (2026-07-28, Transports, Custom Headers).
    await this.#relist();
    const second = await this.#sendOnce(message, options);
    if (!isRefusedBy(second, HEADER_MISMATCH)) return second;
    throw new GatewayError("unavailable", `refuses the headers that its tools ask for: ${reasonOf(second)}`);
  }

  async #sendOnce(message: Message, options: RequestOptions): Promise<Message> {
    const head = this.#headed ? this.#headOf(message, options.edits) : undefined;
    const response = await this.#exchange.request(message, { ...options, head });
    if (message.body.method === "tools/list") this.#tools.note(response);
    if (!isRefusedBy(response, UNSUPPORTED_VERSION)) return response;
    throw new OtherEra(`does not speak ${MODERN_VERSION} any more: ${reasonOf(response)}`);
  }

  #headOf(message: Message, edits: Edits | undefined): Head {
    const head = headOf(message, edits);
    if (message.body.method !== "tools/call") return head;
    const headers = this.#tools.headersOf(nameOf(message, edits));
    return headers.length === 0 ? head : { ...head, ...argumentHead(message, headers) };
  }

  /** Takes the list of tools anew, for this connection at once and for everybody by and by. */
  async #relist(): Promise<void> {
    let cursor: unknown;
    for (let page = 0; page < PAGES; page++) {
      const asked = enveloped(request(0, "tools/list", cursor === undefined ? {} : { cursor }), this.#own);
      const { result } = (await this.#sendOnce(asked, {})).body;
      cursor = isObject(result) ? result.nextCursor : undefined;
      if (typeof cursor !== "string") break;
    }
    this.#handlers.notify(notification("notifications/tools/list_changed"), undefined);
  }

  #translated(message: Message, response: Message, edits: Edits | undefined): Message {
    if (isRefusedBy(response, MISSING_CAPABILITY))
      throw new GatewayError("invalid_request", `needs what the client does not support: ${reasonOf(response)}`);
    const type = resultTypeOf(response);
    if (type !== "complete")
      throw new GatewayError("unavailable", `answered with a result of type ${JSON.stringify(type)}, unknown here`);
    const { method } = message.body;
    return legacyResponse(response, method === "tools/call" && this.#tools.isWrapped(nameOf(message, edits)));
  }
}

function isRefusedBy({ body: { error } }: Message, code: number): boolean {
  return isModernError(error) && error.code === code;
}

function reasonOf({ body: { error } }: Message): string {
  return isModernError(error) ? String(error.message) : "";
}
