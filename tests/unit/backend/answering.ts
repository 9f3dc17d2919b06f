// A transport to a server that exists in the test only and answers at once.
import type { Transport, TransportEvents } from "../../../src/backend/transport.ts";
import type { JsonObject } from "../../../src/model.ts";

/** What is thrown is what sending throws, but for plain objects: they are answered as JSON-RPC errors. */
export type Answers = Record<string, (params: JsonObject) => JsonObject>;

const hello = (capabilities: JsonObject) => ({
  protocolVersion: "2025-11-25",
  capabilities,
  serverInfo: { name: "answering", version: "1.0.0" },
});

export class AnsweringTransport implements Transport {
  #events: TransportEvents | undefined;

  /** What is answered to each method; `initialize` declares these capabilities. */
  constructor(
    private readonly capabilities: JsonObject = {},
    private readonly answers: Answers = {},
  ) {}

  async open(events: TransportEvents): Promise<void> {
    this.#events = events;
  }

  send(text: string, request?: number): void {
    if (request === undefined) return;
    const { method, params = {} } = JSON.parse(text);
    const outcome = this.#outcome(method, params);
    this.#events?.message(JSON.stringify({ jsonrpc: "2.0", id: request, ...outcome }), request);
  }

  #outcome(method: string, params: JsonObject): JsonObject {
    if (method === "initialize") return { result: hello(this.capabilities) };
    try {
      const result = this.answers[method]?.(params);
      return result ? { result } : { error: { code: -32601, message: "Method not found" } };
    } catch (error) {
      if (error instanceof Error) throw error;
      return { error };
    }
  }

  /** The server goes away. */
  fail(error: Parameters<TransportEvents["closed"]>[0]): void {
    this.#events?.closed(error);
  }

  async close(): Promise<void> {
    this.#events = undefined;
  }
}
