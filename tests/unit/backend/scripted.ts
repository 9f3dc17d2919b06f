// A server that exists in the test only and may keep silent, a connection to it, and what surrounds a backend that has it.
import type { ConnectionHandlers } from "../../../src/backend/connection.ts";
import { backendOptions } from "../../../src/backend/definition.ts";
import { Exchange } from "../../../src/backend/exchange.ts";
import type { HealthRules } from "../../../src/backend/health.ts";
import { initialize } from "../../../src/backend/hello.ts";
import { Link } from "../../../src/backend/link.ts";
import type { BackendDependencies, BackendOptions } from "../../../src/backend/status.ts";
import type { TransportEvents } from "../../../src/backend/transport.ts";
import { parseConfig } from "../../../src/config/load.ts";
import { GatewayError } from "../../../src/errors.ts";
import type { Body, Fact, JsonObject } from "../../../src/model.ts";
import { createRedactor } from "../../../src/observe/redact.ts";
import { request } from "../../../src/protocol/message.ts";
import { AnsweringTransport, type Answers } from "./answering.ts";
import { SimulatedClock } from "./simulated-clock.ts";

export const gone = new GatewayError("unavailable", "exited with code 1");

export class ScriptedServer extends AnsweringTransport {
  /** Everything that it was sent. */
  readonly heard: Body[] = [];
  /** Methods that it does not answer by itself. */
  readonly silent: Set<string>;
  ended = false;
  #events: TransportEvents | undefined;

  constructor(capabilities: JsonObject = {}, answers: Answers = {}, silent: readonly string[] = []) {
    super(capabilities, answers);
    this.silent = new Set(silent);
  }

  /** How often it was sent a message of this method. */
  count(method: string): number {
    return this.heard.filter((body) => body.method === method).length;
  }

  override open(events: TransportEvents): Promise<void> {
    this.#events = events;
    return super.open(events);
  }

  override send(text: string, id?: number): void {
    const body: Body = JSON.parse(text);
    this.heard.push(body);
    if (!this.silent.has(body.method ?? "")) super.send(text, id);
  }

  /** Answers a handshake that it has kept silent on. */
  greet(): void {
    this.answer("initialize", { protocolVersion: "2025-11-25", capabilities: {}, serverInfo: { name: "scripted" } });
  }

  /** Answers the newest request of this method. */
  answer(method: string, result: JsonObject = {}): void {
    const id = this.heard.findLast((body) => body.method === method)?.id;
    this.say({ id, result });
  }

  /** Sends a message of its own. */
  say(body: JsonObject): void {
    this.#events?.message(JSON.stringify({ jsonrpc: "2.0", ...body }));
  }

  override close(): Promise<void> {
    this.ended = true;
    return super.close();
  }
}

/** Handlers of a connection that nobody listens to. */
export const nobody: ConnectionHandlers = {
  ask: () => Promise.reject(new Error("nobody asks")),
  notify() {},
  noise() {},
  unheard() {},
  closed() {},
  ending() {},
};

/** A live connection to the server. */
export function connectTo(transport: ScriptedServer, clock: SimulatedClock, signal = new AbortController().signal) {
  const handshake = initialize(request(0, "initialize", {}));
  return Exchange.open({
    ...{ transport, handlers: nobody, clock, handshake, signal },
    timeout: 60,
  });
}

/** A server that links are tested with. */
export function linkServer(...silent: string[]): ScriptedServer {
  const empty = () => ({});
  const answers = {
    "tools/call": () => ({ content: [] }),
    "resources/subscribe": empty,
    "resources/unsubscribe": empty,
    "logging/setLevel": empty,
    "subscriptions/listen": (filter: JsonObject) => filter,
  };
  return new ScriptedServer({}, answers, silent);
}

/** A link whose connections lead to these servers in turn, or fail for those that are none. */
export function linkTo(...servers: (ScriptedServer | undefined)[]) {
  const clock = new SimulatedClock();
  const signals: AbortSignal[] = [];
  const link = new Link(clock, async (signal) => {
    const server = servers[signals.length];
    signals.push(signal);
    if (!server) throw gone;
    return connectTo(server, clock, signal);
  });
  return { clock, link, signals };
}

/** What a promise has come to, if anything. */
export function fateOf(promise: Promise<unknown>) {
  const fate: { value?: unknown; error?: unknown } = {};
  promise.then(
    (value) => Object.assign(fate, { value }),
    (error) => Object.assign(fate, { error }),
  );
  return fate;
}

/** What backends depend on, with the facts that they tell. */
export function surroundings(health: HealthRules = { interval: 0, timeout: 10, failures: 3 }) {
  const clock = new SimulatedClock();
  const facts: Fact[] = [];
  const deps: BackendDependencies = {
    clock,
    version: "0.0.0",
    downstream: { ask: () => Promise.reject(gone), notify: () => undefined, unheard: () => undefined },
    health: () => health,
    emit: (fact) => facts.push(fact),
    redactor: createRedactor(),
    output: () => undefined,
    changed: () => undefined,
  };
  return { clock, facts, deps };
}

/** The options of backends that are defined like this, whose connections lead to what `server` gives. */
export function optionsOf(
  backends: Record<string, JsonObject>,
  server: (name: string) => ScriptedServer,
): BackendOptions[] {
  const text = JSON.stringify({ version: "1", backends });
  const transport = (name: string) => async () => server(name);
  return backendOptions(parseConfig(text, "config.yaml", {})).map((options) => ({
    ...options,
    transport: transport(options.name),
  }));
}
