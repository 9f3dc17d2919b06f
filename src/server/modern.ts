// The modern side of the Streamable HTTP endpoint (2026-07-28): every request stands for itself, and is answered on its own response.
import { GatewayError } from "../errors.ts";
import type { Gateway } from "../gateway/gateway.ts";
import type { Fact, JsonObject, Message } from "../model.ts";
import { META } from "../protocol/envelope.ts";
import { modernError } from "../protocol/error.ts";
import { edit } from "../protocol/json.ts";
import { idText, kindOf, resultMessage } from "../protocol/message.ts";
import { type Envelope, readEnvelope } from "../protocol/modern-request.ts";
import { cacheable, statusOf } from "../protocol/modern-result.ts";
import { ALL_VERSIONS } from "../protocol/version.ts";
import { JSON_HEADERS } from "./headers.ts";
import type { Visitor } from "./mcp.ts";
import { type Arrival, isSomebody, ModernCalls } from "./modern-calls.ts";
import { ModernListens } from "./modern-listens.ts";
import type { SessionStatus } from "./session-status.ts";
import type { SessionLimits } from "./sessions.ts";

export interface ModernOptions {
  gateway: Gateway;
  serverInfo: JsonObject;
  limits(): SessionLimits;
  emit(fact: Fact): void;
  /** Whether new work is refused because the program is about to end. */
  stopping(): boolean;
}

/** What this era does without. */
const REMOVED = new Set([
  ...["initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"],
  ...["tasks/list", "tasks/result"],
]);

export class Modern {
  readonly #options: ModernOptions;
  readonly #calls: ModernCalls;
  readonly #listens: ModernListens;

  constructor(options: ModernOptions) {
    this.#options = options;
    this.#calls = new ModernCalls(options);
    this.#listens = new ModernListens(options);
  }

  /** Answers a message of the modern era; errors carry the id of the request that they are about. */
  handle(received: Omit<Arrival, "id">): Response | Promise<Response> {
    const { message, request } = received;
    // A client has nothing to tell here: it cancels by closing the response.
    if (kindOf(message) === "notification") return new Response(null, { status: 202 });
    const arrival = { ...received, id: idText(message) };
    let envelope: Envelope;
    try {
      if (kindOf(message) === "response") throw new GatewayError("invalid_request", "nothing was asked");
      envelope = readEnvelope(message, (name) => request.headers.get(name));
    } catch (error) {
      return respond(arrival, modernError(error), 400);
    }
    if (this.#options.stopping())
      return respond(arrival, modernError(new GatewayError("unavailable", "the gateway is shutting down")), 503);
    try {
      return this.#answer(arrival, envelope);
    } catch (error) {
      return respond(arrival, modernError(error));
    }
  }

  /** What is kept for modern clients, as the management API shows it. */
  status(): SessionStatus[] {
    return [...this.#calls.sessions.status(), ...this.#listens.status()];
  }

  /** Ends the session of this public id; false when there is none. */
  endById(id: string): boolean {
    return this.#calls.sessions.endById(id) || this.#listens.endById(id);
  }

  /** Resolves when no call is in flight. */
  settled(): Promise<void> {
    return this.#calls.settled();
  }

  /** Has all who listen show anew who they are: what they were let in by counts no longer. */
  silence(): void {
    this.#listens.silence();
  }

  stop(): void {
    this.#calls.stop();
    this.#listens.stop();
  }

  #answer(arrival: Arrival, envelope: Envelope): Response | Promise<Response> {
    const { method = "" } = arrival.message.body;
    if (REMOVED.has(method)) throw new GatewayError("unknown_method", `Method not found: ${method}`);
    if (method === "server/discover") return respond(arrival, this.#discovered(arrival.visitor));
    if (method === "subscriptions/listen") return this.#listens.open(arrival, envelope);
    return this.#calls.take(arrival, envelope);
  }

  /** What the gateway is and offers (2026-07-28, Discovery). */
  #discovered({ group, identity }: Visitor): Message {
    const { gateway, serverInfo } = this.#options;
    const result = { supportedVersions: ALL_VERSIONS, ...gateway.hello(group, identity.roles, "modern") };
    const answer = resultMessage(JSON.stringify({ ...result, _meta: { [META.server]: serverInfo } }));
    const cacheScope = isSomebody(identity) ? "private" : "public";
    return { ...answer, text: cacheable(answer, { ttlMs: 0, cacheScope }) };
  }
}

function respond({ id }: Arrival, { text, body }: Message, status = statusOf(body)): Response {
  return new Response(edit(text, { id }), { status, headers: JSON_HEADERS });
}
