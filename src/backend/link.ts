// A place for one connection: opened at first use, opened again when it was lost, with its log level and subscriptions restored.
import { GatewayError } from "../errors.ts";
import type { Call, Clock, Message } from "../model.ts";
import { textOf } from "../protocol/names.ts";
import { BackOff } from "./back-off.ts";
import type { Connection } from "./connection.ts";

interface Attempt {
  connection: Promise<Connection>;
  cancel: AbortController;
}

/** How long a connection may take to say that it has understood what it was told again, in seconds. */
const REPLAY = 10;

export class Link {
  #attempt: Attempt | undefined;
  #current: Connection | undefined;
  #closed = false;
  /** How many calls wait for a connection. */
  #waiting = 0;
  /** Connections that were replaced and finish what is in flight on them. */
  readonly #leaving = new Set<Connection>();
  /** What a new connection must be told again, by what it is about. */
  readonly #state = new Map<string, Message>();

  readonly #backOff: BackOff;
  #stopWaiting: (() => void) | undefined;

  /** `open` gives up when its signal is aborted. */
  constructor(
    private readonly clock: Clock,
    private readonly open: (signal: AbortSignal) => Promise<Connection>,
  ) {
    this.#backOff = new BackOff(clock);
  }

  /** The live connection, if there is one now. */
  get current(): Connection | undefined {
    return this.#current;
  }

  get hasState(): boolean {
    return this.#state.size > 0;
  }

  /** The live connection; opens one if there is none, once for all who ask meanwhile. Throws GatewayError. */
  async get(): Promise<Connection> {
    for (;;) {
      this.#attempt ??= this.#begin();
      const { connection, cancel } = this.#attempt;
      try {
        return await connection;
      } catch (error) {
        // An attempt that was given up for another one is no failure of that one.
        if (!cancel.signal.aborted || this.#closed) throw error;
      }
    }
  }

  /** Sends a request; one that cannot have reached the backend is repeated once, on a new connection. */
  async request(call: Call, timeout: number): Promise<Message> {
    for (let repeated = false; ; repeated = true) {
      const current = this.#current;
      const connection = current ?? (await this.#await());
      const response = connection.request(call.message, { ...call, timeout });
      if (!current) this.#waiting--;
      try {
        return this.#remember(call.message, await response);
      } catch (error) {
        // That a new connection does not deliver it either is no fault of the connection.
        if (repeated || !(error instanceof GatewayError) || error.code !== "undelivered") throw error;
        this.forget(connection);
        this.#retire(connection);
      }
    }
  }

  /** The connection for a call, which counts as waiting until it was sent. */
  async #await(): Promise<Connection> {
    this.#waiting++;
    try {
      return await this.get();
    } catch (error) {
      this.#waiting--;
      throw error;
    }
  }

  /** A level counts even where it cannot be told now; a subscription only once it was granted. */
  note(message: Message): void {
    if (message.body.method === "logging/setLevel") this.#state.set(message.body.method, message);
  }

  /** The connection was lost: where there are subscriptions, another one is opened by itself, after a pause. */
  lost(connection: Connection): void {
    this.forget(connection);
    this.#reopenLater();
  }

  /** Gives up a connection that was lost. */
  forget(connection: Connection): void {
    if (this.#current !== connection) return;
    this.#current = undefined;
    this.#attempt = undefined;
  }

  /** Whoever asks from now on gets a new connection; the old one ends once nothing is in flight on it. */
  renew(): void {
    this.#stopWaiting?.();
    this.#attempt?.cancel.abort();
    this.#attempt = undefined;
    if (this.#current) this.#retire(this.#current);
    this.#current = undefined;
  }

  /** Resolves when all connections that were replaced have ended. */
  async left(): Promise<void> {
    await Promise.all([...this.#leaving].map((connection) => connection.retire()));
  }

  /** As `renew`, but resolves only when the old connections are gone. */
  async retire(): Promise<void> {
    while (this.#waiting > 0 && this.#attempt) await this.#attempt.connection.catch(() => undefined);
    this.renew();
    await this.left();
  }

  /** Ends all connections at once. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#state.clear();
    await this.drop();
  }

  /** Ends the connection at once, and with it what is in flight; whoever asks from now on gets a new one. */
  async drop(): Promise<void> {
    const attempt = this.#attempt;
    this.renew();
    const opened = await attempt?.connection.catch(() => undefined);
    await Promise.all([...this.#leaving, ...(opened ? [opened] : [])].map((connection) => connection.close()));
  }

  #begin(): Attempt {
    const cancel = new AbortController();
    if (this.#closed) cancel.abort();
    const attempt: Attempt = { cancel, connection: this.#open(cancel.signal, () => this.#attempt === attempt) };
    attempt.connection.catch(() => {
      if (this.#attempt === attempt) this.#attempt = undefined;
    });
    return attempt;
  }

  async #open(signal: AbortSignal, wanted: () => boolean): Promise<Connection> {
    const connection = await this.open(signal);
    if (!wanted()) {
      void connection.close();
      throw new GatewayError("unavailable", "the connection was given up for another");
    }
    this.#current = connection;
    this.#backOff.succeeded();
    for (const message of this.#state.values()) connection.request(message, { timeout: REPLAY }).catch(() => undefined);
    return connection;
  }

  #reopenLater(): void {
    if (!this.hasState || this.#closed) return;
    this.#stopWaiting?.();
    this.#stopWaiting = this.clock.after(this.#backOff.failed(), () => this.get().catch(() => this.#reopenLater()));
  }

  #retire(connection: Connection): void {
    this.#leaving.add(connection);
    void connection.retire().finally(() => this.#leaving.delete(connection));
  }

  #remember(message: Message, response: Message): Message {
    const { method, params } = message.body;
    if (response.body.error !== undefined) return response;
    if (method === "resources/subscribe") this.#state.set(`uri ${textOf(params?.uri)}`, message);
    else if (method === "resources/unsubscribe") this.#state.delete(`uri ${textOf(params?.uri)}`);
    return response;
  }
}
