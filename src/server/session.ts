// What is kept for one client between requests: who it is, what it asked, what it was asked, and its streams.
import { GatewayError } from "../errors.ts";
import type { Gateway } from "../gateway/gateway.ts";
import type { AskOptions, Caller, Identity, JsonObject, Message, Session } from "../model.ts";
import { errorText } from "../protocol/error.ts";
import { edit } from "../protocol/json.ts";
import { idText, isId, isObject, kindOf, request, resultText } from "../protocol/message.ts";
import { misnamed } from "../protocol/names.ts";
import { ASSUMED_VERSION, negotiate, type Version } from "../protocol/version.ts";
import { CallCancellation } from "./cancellation.ts";
import { Channel, ReplayBuffer } from "./channel.ts";
import { atExpiry } from "./expiry.ts";
import { clientOf, type SessionStatus, type SessionTransport } from "./session-status.ts";

export interface SessionOptions {
  gateway: Gateway;
  transport: SessionTransport;
  group: string | null;
  /** The network address of the client. */
  address?: string | null;
  /** Who opens it, and whose it is from then on. */
  identity: Identity;
  serverInfo: JsonObject;
}

/** What one session may hold for replay, in characters. */
const REPLAY_LIMIT = 1024 * 1024;

/** How many streams that have ended can still be resumed. */
const CHANNEL_LIMIT = 32;

interface Ask {
  resolve(response: Message): void;
  reject(error: GatewayError): void;
  /** The backend's own progress token. */
  token: unknown;
  progress(notification: Message): void;
}

export class ClientSession implements Session, Caller {
  readonly id = crypto.randomUUID();
  /** The protocol's session id: unguessable, and known to the client only. */
  readonly key = crypto.randomUUID();
  readonly createdAt = new Date();
  readonly transport: SessionTransport;
  readonly group: string | null;
  readonly address: string | null;
  readonly #gateway: Gateway;
  readonly #serverInfo: JsonObject;
  readonly #replay = new ReplayBuffer(REPLAY_LIMIT);
  /** The stream for all that belongs to no request; on SSE, for everything. */
  readonly main = new Channel(0, this.#replay);
  readonly #channels = new Map<number, Channel>();
  readonly #asks = new Map<number, Ask>();
  readonly #calls = new Map<string, CallCancellation>();
  #identity: Identity;
  #forgetExpiry: (() => void) | undefined;
  #hello: Message = request(0, "initialize", {});
  #initialized = false;
  #version: Version = ASSUMED_VERSION;
  #lastAsk = 0;
  #lastChannel = 0;
  #touched = performance.now();
  #ended = false;
  #onSettled: (() => void) | undefined;

  constructor({ gateway, transport, group, address = null, identity, serverInfo }: SessionOptions) {
    this.#gateway = gateway;
    this.transport = transport;
    this.group = group;
    this.address = address;
    this.#identity = identity;
    this.#serverInfo = serverInfo;
  }

  get session(): this {
    return this;
  }

  get identity(): Identity {
    return this.#identity;
  }

  /** Takes note of who has sent a request, with the roles of now; false when that is not whose session this is. */
  admit(identity: Identity): boolean {
    if (identity === this.#identity) return true;
    const { subject, issuer } = this.#identity;
    if (identity.subject !== subject || identity.issuer !== issuer) return false;
    this.#identity = identity;
    return true;
  }

  /** Calls `expired` when the token that was shown last is worth nothing any more. */
  onExpiry(expired: () => void): void {
    this.#forgetExpiry?.();
    if (!this.#ended) this.#forgetExpiry = atExpiry(() => this.#identity, expired);
  }

  get hello(): Message {
    return this.#hello;
  }

  get version(): Version {
    return this.#version;
  }

  get capabilities(): JsonObject {
    const capabilities = this.#hello.body.params?.capabilities;
    return isObject(capabilities) ? capabilities : {};
  }

  /** How the client calls itself. */
  get client(): SessionStatus["client"] {
    return clientOf(this.#hello);
  }

  /** What the management API shows; without how long it may be silent, which is not the session's to say. */
  status(): Omit<SessionStatus, "timeToLive"> {
    const { id, transport, version, client, group, idle, createdAt } = this;
    const capabilities = this.#gateway.counts(this);
    const { subject: user } = this.identity;
    return { id, transport, era: "legacy", version, client, user, group, capabilities, createdAt, idle };
  }

  /** Seconds since the client was last heard of; 0 while it listens or waits for an answer. */
  get idle(): number {
    const busy = this.main.attached || this.#calls.size > 0;
    return busy ? 0 : (performance.now() - this.#touched) / 1_000;
  }

  touch(): void {
    this.#touched = performance.now();
  }

  /** A further stream, for the messages of one POST. */
  newChannel(): Channel {
    const channel = new Channel(++this.#lastChannel, this.#replay);
    this.#channels.set(channel.number, channel);
    for (const { number, ended } of this.#channels.values()) {
      if (this.#channels.size <= CHANNEL_LIMIT) break;
      if (ended) this.#channels.delete(number);
    }
    return channel;
  }

  /** The stream that an event id names, and the number of that event; nothing for an id that is not ours. */
  resume(eventId: string): { channel: Channel; sequence: number } | undefined {
    const [, number, sequence] = /^(\d+)-(\d+)$/.exec(eventId) ?? [];
    const channel = number === "0" ? this.main : this.#channels.get(Number(number));
    return channel && { channel, sequence: Number(sequence) };
  }

  /** Resolves when no call is in flight. */
  async settled(): Promise<void> {
    if (this.#calls.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onSettled = resolve;
    await promise;
  }

  /** Takes a message of the client; resolves with the text of the response where one is due. */
  async take(message: Message, caller: Caller): Promise<string | undefined> {
    if (this.#ended) return undefined;
    this.touch();
    switch (kindOf(message)) {
      case "request":
        return message.body.method === "initialize" ? this.#initialize(message) : this.#request(message, caller);
      case "notification":
        return void this.#notified(message);
      case "response":
        return void this.#askOf(message.body.id)?.resolve(message);
    }
  }

  /** Asks the client; `send` is the stream of the call that it belongs to. */
  ask(
    message: Message,
    { signal, progress }: AskOptions,
    send = (text: string) => this.main.send(text),
  ): Promise<Message> {
    if (this.#ended) return Promise.reject(new GatewayError("unavailable", "the client has left"));
    const id = ++this.#lastAsk;
    const meta = message.body.params?._meta;
    const token = isObject(meta) ? meta.progressToken : undefined;
    const progressToken = token !== undefined && { params: { _meta: { progressToken: String(id) } } };
    send(edit(message.text, { id: String(id), ...progressToken }));
    const { promise, resolve, reject } = Promise.withResolvers<Message>();
    this.#asks.set(id, { resolve, reject, token, progress });
    const cancelled = () => {
      send(edit((signal.reason as Message).text, { params: { requestId: String(id) } }));
      reject(new GatewayError("cancelled", "cancelled by the backend"));
    };
    signal.addEventListener("abort", cancelled, { once: true });
    return promise.finally(() => this.#asks.delete(id));
  }

  notify({ text }: Message): void {
    this.main.send(text);
  }

  /** Ends all calls in flight with this answer. */
  giveUp(error: GatewayError): void {
    for (const call of this.#calls.values()) call.abort(error);
  }

  /** Ends the session: its calls are cancelled, its streams closed, and what backends keep for it is given up. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#forgetExpiry?.();
    for (const call of this.#calls.values()) call.abort();
    for (const { reject } of this.#asks.values()) reject(new GatewayError("unavailable", "the client has left"));
    for (const channel of [this.main, ...this.#channels.values()]) channel.end();
    this.#gateway.close(this);
  }

  /** Keeps proxies from closing silent streams. */
  beat(): void {
    for (const channel of [this.main, ...this.#channels.values()]) channel.beat();
  }

  #initialize(message: Message): string {
    const { text, body } = message;
    const id = idText(message);
    if (this.#initialized) return failed(id, new GatewayError("invalid_request", "the session is already initialized"));
    this.#initialized = true;
    this.#version = negotiate(body.params?.protocolVersion);
    const params = { protocolVersion: JSON.stringify(this.#version) };
    this.#hello = { text: edit(text, { params }), body };
    this.#gateway.open(this);
    const { capabilities, ...more } = this.#gateway.hello(this.group, this.identity.roles);
    const result = { protocolVersion: this.#version, capabilities, serverInfo: this.#serverInfo, ...more };
    return edit(resultText(0, JSON.stringify(result)), { id });
  }

  async #request(message: Message, caller: Caller): Promise<string | undefined> {
    const id = idText(message);
    if (this.#calls.has(id))
      return failed(id, new GatewayError("invalid_request", `a request with id ${id} is in flight already`));
    const cancel = new CallCancellation();
    this.#calls.set(id, cancel);
    try {
      const { text } = await this.#gateway.request({ message, caller, signal: cancel });
      return edit(text, { id });
    } catch (error) {
      const { aborted, reason } = cancel;
      if (reason instanceof GatewayError) return failed(id, reason);
      return aborted ? undefined : failed(id, error);
    } finally {
      this.#calls.delete(id);
      this.touch();
      if (this.#calls.size === 0) this.#onSettled?.();
    }
  }

  #notified(message: Message): void {
    if (misnamed(message)) return;
    const { method, params = {} } = message.body;
    if (method === "notifications/cancelled") this.#calls.get(JSON.stringify(params.requestId))?.abort(message);
    else if (method === "notifications/progress") this.#progressed(message);
    else if (method !== "notifications/initialized") this.#gateway.notification(message, this);
  }

  /** What the client was asked under this id, which it may give back as text. */
  #askOf(id: unknown): Ask | undefined {
    return isId(id) ? this.#asks.get(Number(id)) : undefined;
  }

  /** Progress of what the client was asked goes back to the backend under the backend's token. */
  #progressed(message: Message): void {
    const ask = this.#askOf(message.body.params?.progressToken);
    if (ask?.token === undefined) return;
    const progressToken = JSON.stringify(ask.token);
    ask.progress({ ...message, text: edit(message.text, { params: { progressToken } }) });
  }
}

function failed(id: string, error: unknown): string {
  return edit(errorText(0, error), { id });
}
