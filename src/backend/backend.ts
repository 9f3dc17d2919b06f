// One configured MCP server: takes the calls for it, on one connection for all clients or one for each session.
import { describe, GatewayError } from "../errors.ts";
import type {
  Call,
  CapabilityKind,
  Fact,
  JsonObject,
  Message,
  Offer,
  Origin,
  Session,
  Sharing,
  Upstream,
} from "../model.ts";
import { redactError } from "../observe/redact.ts";
import { isObject } from "../protocol/message.ts";
import { Breaker } from "./breaker.ts";
import type { Connection } from "./connection.ts";
import { Connector } from "./connector.ts";
import { withoutAddress } from "./credentials.ts";
import { withTimeout } from "./deadline.ts";
import { differ } from "./definition.ts";
import { Keeper } from "./keeper.ts";
import { Link } from "./link.ts";
import { countsOf } from "./listing.ts";
import { Printed } from "./printed.ts";
import type { BackendDependencies, BackendOptions, BackendStatus } from "./status.ts";

const LIST_CHANGED: ReadonlyMap<string, CapabilityKind[]> = new Map([
  ["notifications/tools/list_changed", ["tools"]],
  ["notifications/resources/list_changed", ["resources", "resourceTemplates"]],
  ["notifications/prompts/list_changed", ["prompts"]],
]);

export class Backend implements Upstream {
  readonly name: string;
  /** What its processes have printed beside messages. */
  readonly printed = new Printed();
  #options: BackendOptions;
  /** Its connection serves all clients or, with `sharing: session`, keeps the offer. */
  readonly #keeper: Keeper;
  readonly #sessions = new Map<Session, Link>();
  readonly #breaker: Breaker;
  readonly #connector: Connector;

  constructor(
    options: BackendOptions,
    private readonly deps: BackendDependencies,
  ) {
    this.name = options.name;
    this.#options = options;
    this.#connector = new Connector({
      ...deps,
      backend: () => this.#options,
      warn: (message, details) => this.#warn(message, details),
      answered: () => void this.start(),
    });
    this.#breaker = new Breaker(deps.clock, (why) => this.#circuitTurned(why));
    this.#keeper = new Keeper({
      clock: deps.clock,
      healthRules: deps.health,
      listTimeout: () => this.#options.timeouts.capFetch,
      connect: (signal) => this.#connect(signal),
      tell: (fact) => this.#tell(fact),
      changed: deps.changed,
      connected: () => this.#breaker.reset(),
    });
    if (!options.enabled) this.#keeper.life.enter("disabled");
  }

  /** Over HTTP, a modern connection keeps nothing of a session: one serves all, whatever is configured. */
  get sharing(): Sharing {
    return this.#options.apart && this.#connector.era === "modern" ? "shared" : this.#options.sharing;
  }

  get group(): string {
    return this.#options.group;
  }

  get enabled(): boolean {
    return this.#options.enabled;
  }

  get offer(): Offer | undefined {
    return this.#keeper.offer;
  }

  get ready(): boolean {
    return this.#keeper.life.connected;
  }

  status(): BackendStatus {
    const { name, sharing } = this;
    const { type, group } = this.#options;
    const { phase, connectedAt, error, conditions, restarts } = this.#keeper.life;
    const hello = this.offer?.hello.body ?? {};
    return {
      ...{ name, type, group, sharing, phase, connectedAt, error, conditions, restarts },
      capabilities: countsOf(this.offer),
      health: this.#keeper.health.status,
      pid: this.#keeper.link.current?.pid ?? null,
      traffic: this.#connector.traffic,
      era: this.#connector.era ?? null,
      protocolVersion: typeof hello.protocolVersion === "string" ? hello.protocolVersion : null,
      serverInfo: isObject(hello.serverInfo) ? hello.serverInfo : null,
    };
  }

  /** Makes the first attempt; resolves when it has succeeded, with the offer listed, or failed. Retries go on by themselves. */
  start(): Promise<void> {
    return this.#keeper.start();
  }

  /** Whether it can become what `options` say, rather than another backend in its place. */
  admits({ sharing, enabled }: BackendOptions): boolean {
    return sharing === this.#options.sharing && enabled === this.enabled;
  }

  /** Takes another definition of the same backend. Connections are made anew only where they would be others; calls in flight end on the old ones. */
  configure(options: BackendOptions): void {
    const renew = differ(this.#options.definition, options.definition);
    this.#options = options;
    if (!renew || this.#keeper.life.over) return;
    this.#startOver("its definition has changed");
    this.#connector.renew();
    for (const link of this.#links()) link.renew();
    this.#restore();
    void this.start();
  }

  /** Ends all connections, with what is in flight on them, and connects again. Throws GatewayError when that fails. */
  async reconnect(): Promise<void> {
    this.#startOver("a reconnect was asked for");
    await Promise.all(this.#links().map((link) => link.drop()));
    this.#restore();
    await this.#keeper.link.get();
    await this.#keeper.listing.settled;
    if (!this.ready) throw new GatewayError("unavailable", this.#keeper.life.error ?? "the connection was lost again");
  }

  /** Lets the calls in flight end, and then ends; nobody finds the way here any more. */
  async retire(): Promise<void> {
    this.#end();
    await Promise.all(this.#links().map((link) => link.retire()));
    await this.stop();
  }

  async stop(): Promise<void> {
    this.#end();
    this.#connector.stop();
    await Promise.all(this.#links().map((link) => link.close()));
    this.#sessions.clear();
    await this.#connector.ended();
  }

  async request(call: Call): Promise<Message> {
    if (this.#keeper.life.over) throw new GatewayError("unavailable", `backend "${this.name}" is shutting down`);
    // A session that has ended must not get a connection any more.
    if (call.signal?.aborted) throw new GatewayError("cancelled", "cancelled by the client");
    const { session } = call.caller ?? {};
    const link = session && this.sharing === "session" ? this.#linkOf(session) : this.#keeper.link;
    link.note(call.message);
    try {
      const request = () => link.request(call, this.#options.timeouts.call);
      // Whoever finds no connection tries to open one at once: the circuit is about backends that are there and fail.
      return await (link.current ? this.#breaker.pass(request) : request());
    } catch (error) {
      throw this.#named(error);
    }
  }

  notify(message: Message, session: Session): void {
    const link = this.sharing === "session" ? this.#sessions.get(session) : this.#keeper.link;
    link?.current?.notify(message);
  }

  release(session: Session): void {
    void this.#sessions.get(session)?.close();
    this.#sessions.delete(session);
  }

  /** Errors name the backend, so that a client of many knows which one failed; what the gateway is authorized with is not for clients. */
  #named(error: unknown): unknown {
    const named =
      error instanceof GatewayError && error.code !== "cancelled"
        ? new GatewayError(error.code, `backend "${this.name}" ${withoutAddress(error.message)}`, error.data)
        : error;
    return redactError(named, this.deps.redactor);
  }

  #links(): Link[] {
    return [this.#keeper.link, ...this.#sessions.values()];
  }

  /** Sessions that have subscribed to something want to hear of it without another call. */
  #restore(): void {
    for (const link of this.#sessions.values()) if (link.hasState) link.get().catch(() => undefined);
  }

  /** Resolves when connections that were given up, and their processes, have ended. Throws GatewayError when calls on them take too long. */
  async #gone(): Promise<void> {
    const left = Promise.all(this.#links().map((link) => link.left()));
    const gone = left.then(() => this.#connector.ended());
    const { init: timeout } = this.#options.timeouts;
    await withTimeout(this.deps.clock, { timeout, work: gone, what: "the end of the process before" });
  }

  #linkOf(session: Session): Link {
    let link = this.#sessions.get(session);
    if (!link) {
      link = new Link(this.deps.clock, (signal) => this.#connect(signal, session));
      this.#sessions.set(session, link);
    }
    return link;
  }

  #end(): void {
    this.#keeper.life.enter("shutting_down");
    this.#keeper.rest();
  }

  #startOver(reason: string): void {
    this.#keeper.startOver(reason);
    this.#breaker.reset();
  }

  async #connect(signal: AbortSignal, session?: Session): Promise<Connection> {
    let connection: Connection | undefined;
    const origin = (caller: Origin["caller"]): Origin => ({
      upstream: this,
      ...(session && { session }),
      ...(caller && { caller }),
      inFlight: () => connection?.callers() ?? [],
      logsWished: connection?.logsWished ?? false,
    });
    if (this.#options.exclusive) await this.#gone();
    connection = await this.#connector.open({
      ...{ signal, session },
      output: (line) => this.#printed(line, session),
      handlers: {
        ask: (message, caller, options) => this.deps.downstream.ask(message, origin(caller), options),
        notify: (message, caller) => this.#take(message, origin(caller)),
        unheard: () => this.deps.downstream.unheard(this),
        closed: (error) => connection && this.#lost(connection, error, session),
      },
    });
    return connection;
  }

  #take(message: Message, origin: Origin): void {
    const kinds = LIST_CHANGED.get(message.body.method ?? "");
    if (!kinds) this.deps.downstream.notify(message, origin);
    else if (this.#keeper.link.current && !this.#keeper.life.over) this.#keeper.listing.refresh(kinds);
  }

  #lost(connection: Connection, error: unknown, session: Session | undefined): void {
    if (!session) this.#keeper.lost(connection, error);
    const link = session && this.#sessions.get(session);
    if (link?.current !== connection) return;
    const details = { session: session?.id };
    this.#tell({ stage: "backend_disconnected", severity: "warning", message: describe(error), details });
    link.lost(connection);
  }

  #printed(line: string, session: Session | undefined): void {
    this.printed.add(line);
    if (!session) this.#keeper.printed(line);
    this.deps.output(this.name, line);
  }

  #circuitTurned(why: string | undefined): void {
    const message = why ?? "calls go through again";
    const reason = why ? "CallsFail" : "Recovered";
    this.#keeper.life.note({ type: "CircuitOpen", status: why !== undefined, reason, message });
    this.#tell({
      stage: "health",
      severity: why ? "warning" : "info",
      message: `circuit ${why ? "open" : "closed"}: ${message}`,
    });
  }

  #warn(message: string, details?: JsonObject): void {
    this.#tell({ stage: "status", severity: "warning", message, ...(details && { details }) });
  }

  #tell(fact: Omit<Fact, "backend">): void {
    this.deps.emit({ ...fact, backend: this.name });
  }
}
