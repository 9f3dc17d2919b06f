// The messages on one live link to a backend: the handshake, ids and progress tokens of its hop, and what is in flight on it.
import { GatewayError } from "../errors.ts";
import type { Caller, Cancellation, Clock, Item, JsonObject, Message } from "../model.ts";
import { logLevelOf, withoutEnvelope } from "../protocol/envelope.ts";
import { type Edits, edit } from "../protocol/json.ts";
import { isWanted, USUAL_LEVEL } from "../protocol/log-level.ts";
import { isObject, kindOf, notification, parseBatch, request } from "../protocol/message.ts";
import { misnamed, textOf } from "../protocol/names.ts";
import { isSupported } from "../protocol/version.ts";
import type { Connection, ConnectionHandlers, RequestOptions } from "./connection.ts";
import { withTimeout } from "./deadline.ts";
import { InFlight, type Waiting } from "./in-flight.ts";
import { Questions } from "./questions.ts";
import type { Head, Transport } from "./transport.ts";

/** Asks a backend what it is; gives what it says as an `initialize` result. Throws GatewayError. */
export type Handshake = (request: Exchange["request"], timeout: number) => Promise<Item>;

export interface ExchangeOptions {
  transport: Transport;
  handlers: ConnectionHandlers;
  clock: Clock;
  handshake: Handshake;
  /** How long the handshake may take, in seconds. */
  timeout: number;
  /** Gives up the handshake. */
  signal: AbortSignal;
}

export class Exchange implements Connection {
  readonly #transport: Transport;
  readonly #handlers: ConnectionHandlers;
  readonly #clock: Clock;
  readonly #inFlight = new InFlight();
  readonly #questions = new Questions((text) => this.#send(text));
  #retiring = false;
  #gone: GatewayError | undefined;
  /** Rejects when the link ends. */
  readonly #over = Promise.withResolvers<never>();
  #hello: Item | undefined;
  /** Whether the handshake was that of the modern era. */
  #modern = false;
  /** The least severe log messages that a legacy server was told to send, if it was told. */
  #level: string | undefined;
  /** Resolves when that has arrived. */
  #leveled: Promise<unknown> | undefined;

  private constructor({ transport, handlers, clock }: ExchangeOptions) {
    this.#transport = transport;
    this.#handlers = handlers;
    this.#clock = clock;
    this.#over.promise.catch(() => undefined);
  }

  /** Opens the transport and does the handshake (MCP Lifecycle, Initialization). Throws GatewayError and leaves nothing behind. */
  static async open(options: ExchangeOptions): Promise<Exchange> {
    const exchange = new Exchange(options);
    const giveUp = () => void exchange.close();
    options.signal.addEventListener("abort", giveUp, { once: true });
    try {
      if (options.signal.aborted) throw new GatewayError("unavailable", "the connection was closed");
      await exchange.#greet(options);
      if (exchange.#gone) throw exchange.#gone;
      return exchange;
    } catch (error) {
      void exchange.close();
      throw error;
    } finally {
      options.signal.removeEventListener("abort", giveUp);
    }
  }

  get pid(): number | undefined {
    return this.#transport.pid;
  }

  get hello(): Item {
    return this.#hello ?? NOTHING;
  }

  get busy(): boolean {
    return this.#inFlight.size > 0;
  }

  get ended(): boolean {
    return this.#gone !== undefined;
  }

  get capabilities(): JsonObject {
    const { capabilities } = this.hello.body;
    return isObject(capabilities) ? capabilities : {};
  }

  get logsWished(): boolean {
    return this.#level !== undefined;
  }

  callers(): Caller[] {
    return this.#inFlight.callers();
  }

  request(
    message: Message,
    { caller, edits, signal, timeout = 0, head, started }: RequestOptions = {},
  ): Promise<Message> {
    if (this.#gone) return Promise.reject(this.#gone);
    if (signal?.aborted) return Promise.reject(new GatewayError("cancelled", "cancelled by the client"));
    const meta = message.body.params?._meta;
    const token = isObject(meta) ? meta.progressToken : undefined;
    const foreign = caller?.era === "modern" && !this.#modern;
    const leveled = foreign ? this.#setLevel(message) : undefined;
    if (message.body.method === "logging/setLevel") this.#level = textOf(message.body.params?.level);
    const { promise, resolve, reject } = Promise.withResolvers<Message>();
    const waiting: Waiting = { resolve, reject, caller, token };
    const id = this.#inFlight.add(waiting);
    started?.(id);
    waiting.unwatch = this.#watch(id, { signal, timeout });
    const { text } = foreign ? withoutEnvelope(message) : message;
    const send = () => this.#send(edit(text, withIds(edits, id, token)), id, head);
    if (leveled) void leveled.then(() => this.#inFlight.has(id) && send());
    else send();
    return promise;
  }

  /** Sends a notification as it is. */
  notify({ text }: Message): void {
    if (!this.#gone) this.#send(text);
  }

  async close(reason = new GatewayError("unavailable", "the connection was closed")): Promise<void> {
    this.#end(reason);
    await this.#transport.close();
  }

  async retire(): Promise<void> {
    this.#retiring = true;
    if (this.#inFlight.size === 0) await this.close();
    else await this.#over.promise.catch(() => undefined);
  }

  async #greet({ handshake, timeout }: ExchangeOptions): Promise<void> {
    const opened = this.#transport.open({
      message: (text, id) => this.#receive(text, id),
      failed: (id, error) => this.#settle(id)?.reject(error),
      waits: (id) => this.#inFlight.has(id),
      closed: (error) => {
        this.#end(error);
        this.#handlers.closed(error);
      },
    });
    await withTimeout(this.#clock, { timeout, work: Promise.race([opened, this.#over.promise]), what: "connecting" });
    this.#hello = await handshake(this.request.bind(this), timeout);
    const { protocolVersion } = this.#hello.body;
    this.#modern = !isSupported(protocolVersion);
    if (!isSupported(protocolVersion)) return;
    this.#transport.negotiated?.(protocolVersion);
    this.notify(notification("notifications/initialized"));
  }

  /** A legacy server is told for all what a modern client's request wants to hear; resolves when it knows, nothing where it does already. */
  #setLevel(message: Message): Promise<unknown> | undefined {
    const level = logLevelOf(message);
    if (level === undefined || this.capabilities.logging === undefined) return undefined;
    if (!isWanted(level, this.#level ?? USUAL_LEVEL)) {
      const told = this.request(request(0, "logging/setLevel", { level }), { timeout: 10 })
        .catch(() => undefined)
        .finally(() => {
          if (this.#leveled === told) this.#leveled = undefined;
        });
      this.#leveled = told;
    }
    return this.#leveled;
  }

  /** Ends a request early on cancellation or time-out; gives what undoes the watching. */
  #watch(
    id: number,
    { signal, timeout }: { signal: Cancellation | undefined; timeout: number },
  ): (() => void) | undefined {
    if (!signal && timeout === 0) return undefined;
    const cancelled = () => this.#abandon(id, signal?.reason, new GatewayError("cancelled", "cancelled by the client"));
    const late = () => this.#abandon(id, undefined, new GatewayError("timeout", `did not answer within ${timeout} s`));
    const stop = timeout > 0 ? this.#clock.after(timeout * 1_000, late) : undefined;
    signal?.addEventListener("abort", cancelled);
    return () => {
      stop?.();
      signal?.removeEventListener("abort", cancelled);
    };
  }

  /** Stops waiting and tells the backend; never before the handshake is done: `initialize` must not be cancelled (MCP Cancellation). */
  #abandon(id: number, reason: unknown, error: GatewayError): void {
    const pending = this.#settle(id);
    if (!pending) return;
    pending.reject(error);
    this.#transport.abandon?.(id);
    if (this.#transport.abandon || !this.#hello) return;
    const said = isMessage(reason)
      ? reason
      : notification("notifications/cancelled", { requestId: id, reason: error.message });
    this.#send(edit(said.text, { params: { requestId: String(id) } }));
  }

  #receive(text: string, origin?: number): void {
    const parsed = this.#parse(text);
    if (Array.isArray(parsed)) for (const message of parsed) this.#dispatch(message, origin);
    else if (parsed) this.#dispatch(parsed, origin);
  }

  #dispatch(message: Message, origin?: number): void {
    const kind = kindOf(message);
    const problem = misnamed(message);
    if (problem) this.#drop(message, problem);
    else if (kind === "response") this.#closeIfRetired(this.#inFlight.answered(message))?.resolve(message);
    else if (kind === "request") this.#ask(message, this.#inFlight.callerOf(origin));
    else this.#take(message, this.#inFlight.callerOf(origin));
  }

  /** What cannot be told to be about anything is lost, but nothing else with it. */
  #drop(message: Message, problem: string): void {
    if (kindOf(message) !== "request") this.#handlers.noise(message.text);
    else void this.#questions.answer(message, () => Promise.reject(new GatewayError("invalid_params", problem)));
  }

  #ask(message: Message, caller: Caller | undefined): void {
    void this.#questions.answer(message, (options) => this.#handlers.ask(message, caller, options));
  }

  /** A line that looks like a torn message may have been an answer: the link cannot be trusted any more. */
  #parse(text: string): Message | Message[] | undefined {
    try {
      return parseBatch(text);
    } catch (error) {
      const torn = error instanceof GatewayError && error.code === "parse_error" && looksTorn(text);
      if (torn) this.#break(new GatewayError("unavailable", `sent what is no message: ${error.message}`));
      else this.#handlers.noise(text);
      return undefined;
    }
  }

  #break(error: GatewayError): void {
    void this.close(error);
    this.#handlers.closed(error);
  }

  #take(message: Message, caller: Caller | undefined): void {
    const { method } = message.body;
    if (method === "notifications/progress") this.#progress(message);
    else if (method === "notifications/cancelled") this.#questions.cancel(message);
    else this.#handlers.notify(message, caller);
  }

  /** Progress goes to the call that asked for it, under its own token; late progress goes nowhere. */
  #progress(message: Message): void {
    const { caller, token } = this.#inFlight.listener(message.body.params?.progressToken) ?? {};
    if (!caller || token === undefined) return;
    const progressToken = JSON.stringify(token);
    caller.notify({ ...message, text: edit(message.text, { params: { progressToken } }) });
  }

  #send(text: string, id?: number, head?: Head): void {
    if (this.#gone) return;
    try {
      this.#transport.send(text, id, head);
    } catch (error) {
      if (id !== undefined) this.#settle(id)?.reject(error as GatewayError);
    }
  }

  #settle(id: number): Waiting | undefined {
    return this.#closeIfRetired(this.#inFlight.take(id));
  }

  #closeIfRetired(waiting: Waiting | undefined): Waiting | undefined {
    if (this.#retiring && this.#inFlight.size === 0) void this.close();
    return waiting;
  }

  #end(error: GatewayError): void {
    if (this.#gone) return;
    this.#gone = error;
    this.#over.reject(error);
    this.#handlers.ending(this.#transport.close());
    // What is in flight may have been done by now, whatever the link has come to: nobody must send it again.
    const broken = error.code === "undelivered" ? new GatewayError("unavailable", error.message) : error;
    for (const id of this.#inFlight.ids()) this.#settle(id)?.reject(broken);
    this.#questions.end(error);
  }
}

const NOTHING: Item = { text: "{}", body: {} };

/** The edits that put this hop's id, and where the caller wants progress its token, in place of the caller's. */
function withIds(edits: Edits | undefined, id: number, token: unknown): Edits {
  const text = String(id);
  const params = edits?.params;
  if (token === undefined) return params ? { id: text, params } : { id: text };
  return { id: text, params: { ...(typeof params === "object" && params), _meta: { progressToken: text } } };
}

/** Prose on stdout is a nuisance; half a JSON text or binary data is damage. */
function looksTorn(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
  return /^\s*[{[]\s*["{\]}]|[\u0000-\u0008\u000e-\u001a\ufffd]/.test(text.slice(0, 1_000));
}

function isMessage(value: unknown): value is Message {
  return isObject(value) && typeof value.text === "string" && isObject(value.body);
}
