// One live MCP link to a backend: the handshake, ids and progress tokens of its hop, and what is in flight on it.
import { GatewayError } from "../errors.ts";
import type { AskOptions, Caller, Clock, Item, JsonObject, Message } from "../model.ts";
import { type Edits, edit } from "../protocol/json.ts";
import { isObject, kindOf, notification, parseBatch } from "../protocol/message.ts";
import { withTimeout } from "./deadline.ts";
import { helloOf } from "./hello.ts";
import { InFlight, type Waiting } from "./in-flight.ts";
import { Questions } from "./questions.ts";
import type { Transport } from "./transport.ts";

/** What a connection passes on; `caller` is known where the transport tells response streams apart. */
export interface ConnectionHandlers {
  ask(message: Message, caller: Caller | undefined, options: AskOptions): Promise<Message>;
  notify(message: Message, caller: Caller | undefined): void;
  /** A line that is no message: a program that prints where it must not. */
  noise(text: string): void;
  closed(error: GatewayError): void;
  /** The link is over, for whatever reason; resolves when its process, if any, and all that it started are gone. */
  ending(gone: Promise<void>): void;
}

export interface ConnectionOptions {
  transport: Transport;
  handlers: ConnectionHandlers;
  clock: Clock;
  /** The `initialize` request to send. */
  hello: Message;
  /** How long the handshake may take, in seconds. */
  timeout: number;
  /** Gives up the handshake. */
  signal: AbortSignal;
}

interface RequestOptions {
  caller?: Caller;
  edits?: Edits;
  signal?: AbortSignal;
  /** Seconds; 0 for none. */
  timeout?: number;
}

export class Connection {
  readonly #transport: Transport;
  readonly #handlers: ConnectionHandlers;
  readonly #clock: Clock;
  readonly #inFlight = new InFlight();
  readonly #questions = new Questions((text) => this.#send(text));
  #retiring = false;
  #gone: GatewayError | undefined;
  /** Rejects when the link ends. */
  readonly #over = Promise.withResolvers<never>();
  #hello: Item = { text: "{}", body: {} };

  private constructor({ transport, handlers, clock }: ConnectionOptions) {
    this.#transport = transport;
    this.#handlers = handlers;
    this.#clock = clock;
    this.#over.promise.catch(() => undefined);
  }

  /** Opens the transport and does the handshake (MCP Lifecycle, Initialization). Throws GatewayError and leaves nothing behind. */
  static async open(options: ConnectionOptions): Promise<Connection> {
    const connection = new Connection(options);
    const giveUp = () => void connection.close();
    options.signal.addEventListener("abort", giveUp, { once: true });
    try {
      if (options.signal.aborted) throw new GatewayError("unavailable", "the connection was closed");
      await connection.#initialize(options);
      if (connection.#gone) throw connection.#gone;
      return connection;
    } catch (error) {
      void connection.close();
      throw error;
    } finally {
      options.signal.removeEventListener("abort", giveUp);
    }
  }

  get pid(): number | undefined {
    return this.#transport.pid;
  }

  /** The backend's `initialize` result. */
  get hello(): Item {
    return this.#hello;
  }

  /** Whether a call is in flight. */
  get busy(): boolean {
    return this.#inFlight.size > 0;
  }

  /** Whether the link is gone. */
  get ended(): boolean {
    return this.#gone !== undefined;
  }

  /** What the backend declares to be capable of. */
  get capabilities(): JsonObject {
    const { capabilities } = this.#hello.body;
    return isObject(capabilities) ? capabilities : {};
  }

  /** The callers whose calls are in flight, oldest first. */
  callers(): Caller[] {
    return this.#inFlight.callers();
  }

  /** Sends a request under an id of this hop and resolves with the response under that id. Throws GatewayError. */
  request(message: Message, { caller, edits, signal, timeout = 0 }: RequestOptions = {}): Promise<Message> {
    if (this.#gone) return Promise.reject(this.#gone);
    if (signal?.aborted) return Promise.reject(new GatewayError("cancelled", "cancelled by the client"));
    const meta = message.body.params?._meta;
    const token = isObject(meta) ? meta.progressToken : undefined;
    const { promise, resolve, reject } = Promise.withResolvers<Message>();
    const waiting: Waiting = { resolve, reject, caller, token };
    const id = this.#inFlight.add(waiting);
    waiting.unwatch = this.#watch(id, { signal, timeout });
    this.#send(edit(message.text, withIds(edits, id, token)), id);
    return promise;
  }

  /** Sends a notification as it is. */
  notify({ text }: Message): void {
    if (!this.#gone) this.#send(text);
  }

  /** Ends the link; calls in flight fail with `reason`. */
  async close(reason = new GatewayError("unavailable", "the connection was closed")): Promise<void> {
    this.#end(reason);
    await this.#transport.close();
  }

  /** Ends the link once nothing is in flight on it any more; resolves when it has ended. */
  async retire(): Promise<void> {
    this.#retiring = true;
    if (this.#inFlight.size === 0) await this.close();
    else await this.#over.promise.catch(() => undefined);
  }

  async #initialize({ hello, timeout }: ConnectionOptions): Promise<void> {
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
    const response = await this.request(hello, { timeout });
    this.#hello = helloOf(response);
    this.#transport.negotiated?.(String(this.#hello.body.protocolVersion));
    this.notify(notification("notifications/initialized"));
  }

  /** Ends a request early on cancellation or time-out; gives what undoes the watching. */
  #watch(
    id: number,
    { signal, timeout }: { signal: AbortSignal | undefined; timeout: number },
  ): (() => void) | undefined {
    if (!signal && timeout === 0) return undefined;
    const cancelled = () => this.#abandon(id, signal?.reason, new GatewayError("cancelled", "cancelled by the client"));
    const late = () => this.#abandon(id, undefined, new GatewayError("timeout", `did not answer within ${timeout} s`));
    const stop = timeout > 0 ? this.#clock.after(timeout * 1_000, late) : undefined;
    signal?.addEventListener("abort", cancelled, { once: true });
    return () => {
      stop?.();
      signal?.removeEventListener("abort", cancelled);
    };
  }

  /** Stops waiting and tells the backend; never for `initialize`, which has id 1 (MCP Cancellation). */
  #abandon(id: number, reason: unknown, error: GatewayError): void {
    const pending = this.#settle(id);
    if (!pending) return;
    pending.reject(error);
    if (id === 1) return;
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
    if (kind === "response") this.#closeIfRetired(this.#inFlight.answered(message))?.resolve(message);
    else if (kind === "request") this.#ask(message, this.#inFlight.callerOf(origin));
    else this.#take(message, this.#inFlight.callerOf(origin));
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

  #send(text: string, id?: number): void {
    if (this.#gone) return;
    try {
      this.#transport.send(text, id);
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
    for (const id of this.#inFlight.ids()) this.#settle(id)?.reject(error);
    this.#questions.end(error);
  }
}

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
