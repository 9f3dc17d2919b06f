// A place for one connection: opened at first use, opened again when it was lost, with its log level and subscriptions restored.
import { GatewayError } from "../errors.ts";
import type { Call, Message } from "../model.ts";
import type { Connection } from "./connection.ts";

export class Link {
  #connection: Promise<Connection> | undefined;
  #current: Connection | undefined;
  /** What a new connection must be told again, by what it is about. */
  readonly #state = new Map<string, Message>();

  readonly #closing = new AbortController();

  /** `open` gives up when its signal is aborted. */
  constructor(private readonly open: (signal: AbortSignal) => Promise<Connection>) {}

  /** The live connection, if there is one now. */
  get current(): Connection | undefined {
    return this.#current;
  }

  get hasState(): boolean {
    return this.#state.size > 0;
  }

  /** The live connection; opens one if there is none, once for all who ask meanwhile. Throws GatewayError. */
  get(): Promise<Connection> {
    this.#connection ??= this.#open();
    return this.#connection;
  }

  /** Sends a request; one that cannot have reached the backend is repeated once, on a new connection. */
  async request(call: Call, timeout: number): Promise<Message> {
    // A level counts even where it cannot be told now; a subscription only once it was granted.
    if (call.message.body.method === "logging/setLevel") this.#state.set("level", call.message);
    const connection = this.#current ?? (await this.get());
    try {
      return this.#remember(call.message, await connection.request(call.message, { ...call, timeout }));
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== "undelivered") throw error;
      this.forget(connection);
      void connection.retire();
      const renewed = await this.get();
      return this.#remember(call.message, await renewed.request(call.message, { ...call, timeout }));
    }
  }

  /** Gives up a connection that was lost. */
  forget(connection: Connection): void {
    if (this.#current !== connection) return;
    this.#current = undefined;
    this.#connection = undefined;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const opening = this.#connection;
    this.#connection = undefined;
    this.#current = undefined;
    this.#state.clear();
    const connection = await opening?.catch(() => undefined);
    await connection?.close();
  }

  async #open(): Promise<Connection> {
    try {
      const connection = await this.open(this.#closing.signal);
      this.#current = connection;
      for (const message of this.#state.values()) connection.request(message).catch(() => undefined);
      return connection;
    } catch (error) {
      this.#connection = undefined;
      throw error;
    }
  }

  #remember(message: Message, response: Message): Message {
    const { method, params } = message.body;
    if (response.body.error !== undefined) return response;
    if (method === "resources/subscribe") this.#state.set(String(params?.uri), message);
    else if (method === "resources/unsubscribe") this.#state.delete(String(params?.uri));
    return response;
  }
}
