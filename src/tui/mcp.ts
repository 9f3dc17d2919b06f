// Uses what a gateway offers, as any MCP client would: one session, opened with the first request.
import type { Body, JsonObject } from "../model.ts";
import type { Fetch } from "./api.ts";
import { Failure } from "./failure.ts";
import { type Exchange, exchange, Forgotten } from "./mcp-exchange.ts";

export interface McpOptions {
  /** The server's URL, without `/mcp`. */
  url: string;
  version: string;
  /** Of clients, which is not that of the management API. */
  token?: string | undefined;
  fetch?: Fetch | undefined;
}

export interface Progress {
  progress: number;
  total?: number;
  message?: string;
}

/** How a request is accompanied. */
export interface Company {
  /** Cancels it. */
  signal?: AbortSignal;
  progress?(progress: Progress): void;
}

export interface ToolCall extends Company {
  /** The exposed name. */
  tool: string;
  arguments: JsonObject;
}

export interface PromptCall extends Company {
  /** The exposed name. */
  prompt: string;
  arguments: JsonObject;
}

export interface Reading extends Company {
  uri: string;
}

interface Ask extends Company {
  method: string;
  params: JsonObject;
}

/** The headers of a session. */
type Session = Readonly<Record<string, string>>;

type Sent = Pick<Exchange, "signal" | "seconds" | "received">;

const PROTOCOL = "2025-11-25";

/** How long the greeting may take, in seconds. */
const GREETING = 10;

/** How long the end of the session may take, in seconds: nobody waits for long to leave. */
const FAREWELL = 2;

/** JSON-RPC 2.0: there is no such method. */
const UNKNOWN_METHOD = { code: -32_601, message: "Method not found" };

export class McpClient {
  readonly #options: McpOptions;
  readonly #url: URL;
  #session: Promise<Session> | undefined;
  #count = 0;

  constructor(options: McpOptions) {
    this.#options = options;
    this.#url = new URL(`${options.url.replace(/\/+$/, "")}/mcp`);
  }

  // Each of these throws Failure: `refused` when the gateway wants another token.

  /** Calls a tool and gives its result as it came, also one that is an error. */
  call({ tool, arguments: input, ...company }: ToolCall): Promise<JsonObject> {
    return this.#ask({ method: "tools/call", params: { name: tool, arguments: input }, ...company });
  }

  /** Gets the messages of a prompt. */
  prompt({ prompt, arguments: input, ...company }: PromptCall): Promise<JsonObject> {
    return this.#ask({ method: "prompts/get", params: { name: prompt, arguments: input }, ...company });
  }

  /** Reads a resource. */
  read({ uri, ...company }: Reading): Promise<JsonObject> {
    return this.#ask({ method: "resources/read", params: { uri }, ...company });
  }

  /** Ends the session. */
  async stop(): Promise<void> {
    const session = await this.#session?.catch(() => undefined);
    this.#session = undefined;
    const { fetch: send = fetch } = this.#options;
    const request = { method: "DELETE", signal: AbortSignal.timeout(FAREWELL * 1_000) };
    if (session) await send(this.#url, { ...request, headers: this.#headers(session) }).catch(() => undefined);
  }

  async #ask(ask: Ask): Promise<JsonObject> {
    const session = this.#opened();
    try {
      return await this.#attempt(await session, ask);
    } catch (error) {
      if (!(error instanceof Forgotten)) throw error;
      // The gateway has not taken the request: it was started anew, perhaps, or the session was silent for too long.
      if (this.#session === session) this.#session = undefined;
      return await this.#attempt(await this.#opened(), ask);
    }
  }

  #opened(): Promise<Session> {
    const session = this.#session ?? this.#open();
    this.#session = session;
    // The next call tries again.
    session.catch(() => {
      if (this.#session === session) this.#session = undefined;
    });
    return session;
  }

  async #open(): Promise<Session> {
    const clientInfo = { name: "argus-mcp-tui", title: "Argus MCP", version: this.#options.version };
    const params = { protocolVersion: PROTOCOL, capabilities: {}, clientInfo };
    const hello = { id: this.#nextId(), method: "initialize", params };
    const [result, headers] = await this.#request(hello, {}, { seconds: GREETING });
    const session: Record<string, string> = { "mcp-protocol-version": String(result.protocolVersion) };
    const id = headers.get("mcp-session-id");
    if (id !== null) session["mcp-session-id"] = id;
    await this.#send({ method: "notifications/initialized" }, session);
    return session;
  }

  async #attempt(session: Session, { method, params, signal, progress }: Ask): Promise<JsonObject> {
    const id = this.#nextId();
    const request = { id, method, params: { ...params, _meta: { progressToken: id } } };
    const over = new AbortController();
    const cancelled = new Failure("failed", "the call was cancelled");
    if (signal?.aborted) throw cancelled;
    const cancel = () => {
      over.abort(cancelled);
      const said = { method: "notifications/cancelled", params: { requestId: id, reason: "cancelled by hand" } };
      void this.#send(said, session).catch(() => undefined);
    };
    signal?.addEventListener("abort", cancel, { once: true });
    const received = (message: Body) => {
      if (message.method === "notifications/progress") progress?.(message.params as unknown as Progress);
      else if (message.method !== undefined && message.id !== undefined) this.#decline(message, session);
    };
    try {
      const [result] = await this.#request(request, session, { signal: over.signal, received });
      return result;
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }

  /** Sends a request; gives its result, and the headers that came with it. Throws Failure with the words of a JSON-RPC error. */
  async #request(request: Body, session: Session, { received, ...sent }: Sent): Promise<[JsonObject, Headers]> {
    let response: Body | undefined;
    const take = (message: Body) => {
      if (message.id === request.id && message.method === undefined) response = message;
      else received?.(message);
    };
    const headers = await this.#send(request, session, { ...sent, received: take });
    if (!response) throw new Failure("lost", `${this.#url.host} has ended the stream without an answer`);
    if (response.error !== undefined)
      throw new Failure("failed", String((response.error as { message: unknown }).message));
    return [response.result as JsonObject, headers];
  }

  /** Nothing is declared that a server could ask for, but a ping is always answered. */
  #decline({ id, method }: Body, session: Session): void {
    const answer = method === "ping" ? { result: {} } : { error: UNKNOWN_METHOD };
    void this.#send({ id, ...answer } as Body, session).catch(() => undefined);
  }

  #send(message: Body, session: Session, sent: Sent = {}): Promise<Headers> {
    const { fetch: send = fetch } = this.#options;
    return exchange({ url: this.#url, headers: this.#headers(session), message, fetch: send, ...sent });
  }

  #headers(session: Session): Record<string, string> {
    const { token } = this.#options;
    return { ...session, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  }

  #nextId(): number {
    return ++this.#count;
  }
}
