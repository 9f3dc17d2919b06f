// One configured MCP server: the phases of its life, its connections, and what it offers.
import { describe, GatewayError } from "../errors.ts";
import type {
  Call,
  CapabilityKind,
  Clock,
  Downstream,
  Fact,
  JsonObject,
  Message,
  Offer,
  Origin,
  Phase,
  Session,
  Sharing,
  Upstream,
} from "../model.ts";
import { request } from "../protocol/message.ts";
import { LATEST_VERSION } from "../protocol/version.ts";
import { BackOff } from "./back-off.ts";
import { Connection, type ConnectionHandlers } from "./connection.ts";
import { Link } from "./link.ts";
import { fetchOffer, KINDS } from "./offer.ts";
import type { Transport } from "./transport.ts";

export interface Timeouts {
  /** Seconds for connecting and the handshake. */
  init: number;
  /** Seconds for each page of a list. */
  capFetch: number;
  /** Seconds for a call; 0 for none. */
  call: number;
}

export interface BackendOptions {
  name: string;
  group: string;
  sharing: Sharing;
  timeouts: Timeouts;
  /** Makes an unopened transport; `output` receives what a process prints beside messages. */
  transport(output: (line: string) => void): Promise<Transport>;
}

export interface BackendDependencies {
  clock: Clock;
  downstream: Downstream;
  version: string;
  emit(fact: Fact): void;
  /** A line that the backend printed beside messages. */
  output(backend: string, line: string): void;
  /** The offer may have changed. */
  changed(): void;
}

const LIST_CHANGED: ReadonlyMap<string, CapabilityKind[]> = new Map([
  ["notifications/tools/list_changed", ["tools"]],
  ["notifications/resources/list_changed", ["resources", "resourceTemplates"]],
  ["notifications/prompts/list_changed", ["prompts"]],
]);

/** After this time a list that could not be had is asked for again, in milliseconds. */
const RELIST = 10_000;

export class Backend implements Upstream {
  readonly name: string;
  readonly group: string;
  readonly sharing: Sharing;
  #phase: Phase = "pending";
  #error: string | undefined;
  #offer: Offer | undefined;
  #stopRetry: (() => void) | undefined;
  #stale = new Set<CapabilityKind>();
  #refreshing: Promise<void> | undefined;
  readonly #backOff: BackOff;
  /** The connection that serves all clients or, with `sharing: session`, keeps the offer. */
  readonly #main: Link;
  readonly #sessions = new Map<Session, Link>();
  /** Processes on their way out, of connections that are over. */
  readonly #endings = new Set<Promise<void>>();
  readonly #words: string[] = [];

  constructor(
    private readonly options: BackendOptions,
    private readonly deps: BackendDependencies,
  ) {
    this.name = options.name;
    this.group = options.group;
    this.sharing = options.sharing;
    this.#backOff = new BackOff(deps.clock);
    this.#main = new Link((signal) => this.#openMain(signal));
  }

  get phase(): Phase {
    return this.#phase;
  }

  get offer(): Offer | undefined {
    return this.#offer;
  }

  get ready(): boolean {
    return this.#phase === "ready";
  }

  /** Why it is not ready, in one sentence. */
  get error(): string | undefined {
    return this.#error;
  }

  /** Makes the first attempt; resolves when it has succeeded, with the offer listed, or failed. Retries go on by themselves. */
  async start(): Promise<void> {
    await this.#main.get().catch(() => undefined);
    await this.#refreshing;
  }

  async stop(): Promise<void> {
    this.#enter("shutting_down");
    this.#stopRetry?.();
    await Promise.all([this.#main, ...this.#sessions.values()].map((link) => link.close()));
    this.#sessions.clear();
    await Promise.all(this.#endings);
  }

  async request(call: Call): Promise<Message> {
    if (this.#phase === "shutting_down")
      throw new GatewayError("unavailable", `backend "${this.name}" is shutting down`);
    // A session that has ended must not get a connection any more.
    if (call.signal?.aborted) throw new GatewayError("cancelled", "cancelled by the client");
    const { session } = call.caller ?? {};
    const link = session && this.sharing === "session" ? this.#linkOf(session) : this.#main;
    try {
      return await link.request(call, this.options.timeouts.call);
    } catch (error) {
      throw this.#named(error);
    }
  }

  notify(message: Message, session: Session): void {
    const link = this.sharing === "session" ? this.#sessions.get(session) : this.#main;
    link?.current?.notify(message);
  }

  release(session: Session): void {
    void this.#sessions.get(session)?.close();
    this.#sessions.delete(session);
  }

  /** Errors name the backend, so that a client of many knows which one failed. */
  #named(error: unknown): unknown {
    if (!(error instanceof GatewayError) || error.code === "cancelled") return error;
    return new GatewayError(error.code, `backend "${this.name}" ${error.message}`, error.data);
  }

  #linkOf(session: Session): Link {
    let link = this.#sessions.get(session);
    if (!link) {
      link = new Link((signal) => this.#connect(signal, session));
      this.#sessions.set(session, link);
    }
    return link;
  }

  async #openMain(signal: AbortSignal): Promise<Connection> {
    this.#stopRetry?.();
    this.#enter("initializing");
    this.#tell("backend_connecting", "debug", "connecting");
    try {
      const connection = await this.#connect(signal);
      this.#refresh(KINDS);
      return connection;
    } catch (error) {
      this.#failed(error);
      throw error;
    }
  }

  async #connect(signal: AbortSignal, session?: Session): Promise<Connection> {
    let connection: Connection | undefined;
    const origin = (caller: Origin["caller"]): Origin => ({
      upstream: this,
      ...(session && { session }),
      ...(caller && { caller }),
      inFlight: () => connection?.callers() ?? [],
    });
    const handlers: ConnectionHandlers = {
      ask: (message, caller, options) => this.deps.downstream.ask(message, origin(caller), options),
      notify: (message, caller) => this.#take(message, origin(caller)),
      noise: (text) => this.#tell("status", "warning", `printed to stdout what is no message: ${text.slice(0, 200)}`),
      closed: (error) => connection && this.#lost(connection, error, session),
      ending: (gone) => {
        this.#endings.add(gone);
        void gone.finally(() => this.#endings.delete(gone));
      },
    };
    connection = await Connection.open({
      transport: await this.options.transport((line) => this.#printed(line)),
      handlers,
      clock: this.deps.clock,
      hello: session ? session.hello : this.#hello(),
      timeout: this.options.timeouts.init,
      signal,
    });
    return connection;
  }

  /** A shared connection declares what the gateway can route to the right client; roots belong to one client only. */
  #hello(): Message {
    const roots = this.sharing === "session" && { roots: { listChanged: true } };
    return request(0, "initialize", {
      protocolVersion: LATEST_VERSION,
      capabilities: { sampling: {}, elicitation: { form: {}, url: {} }, ...roots },
      clientInfo: { name: "argus-mcp", version: this.deps.version },
    });
  }

  #take(message: Message, origin: Origin): void {
    const kinds = LIST_CHANGED.get(message.body.method ?? "");
    if (!kinds) this.deps.downstream.notify(message, origin);
    else if (this.#main.current) this.#refresh(kinds);
  }

  /** Lists again what changed; what changes meanwhile is listed once more afterwards. */
  #refresh(kinds: readonly CapabilityKind[]): void {
    if (this.#phase === "shutting_down") return;
    for (const kind of kinds) this.#stale.add(kind);
    this.#refreshing ??= this.#list().finally(() => {
      this.#refreshing = undefined;
    });
  }

  async #list(): Promise<void> {
    let connection: Connection | undefined;
    try {
      while (this.#stale.size > 0) {
        connection = await this.#main.get();
        const kinds = [...this.#stale];
        this.#stale.clear();
        const timeout = this.options.timeouts.capFetch;
        const failed = (kind: CapabilityKind) =>
          this.deps.clock.after(RELIST, () => this.#main.current && this.#refresh([kind]));
        const warn = (message: string) => this.#tell("capability_conflict", "warning", message);
        this.#offer = await fetchOffer(connection, kinds, { timeout, warn, failed, before: this.#offer });
        this.deps.changed();
        if (this.#main.current === connection) this.#ready(connection);
      }
    } catch (error) {
      // A connection that has ended was dealt with; a remote server that forgot the session is connected again.
      if (!connection) return;
      this.#lost(connection, error, undefined);
      void connection.retire();
    }
  }

  #ready(connection: Connection): void {
    if (this.#phase === "ready" || this.#phase === "shutting_down") return;
    this.#enter("ready");
    this.#backOff.succeeded();
    const { tools = [], resources = [], prompts = [] } = this.#offer ?? {};
    const process = connection.pid ? ` (process ${connection.pid})` : "";
    const counts = `${tools.length} tools, ${resources.length} resources, ${prompts.length} prompts`;
    this.#tell("backend_connected", "info", `connected${process}: ${counts}`);
  }

  #lost(connection: Connection, error: unknown, session: Session | undefined): void {
    if (session) {
      const link = this.#sessions.get(session);
      link?.forget(connection);
      if (link?.hasState) link.get().catch(() => undefined);
      return;
    }
    // One that was replaced already is no loss.
    if (this.#main.current !== connection) return;
    this.#main.forget(connection);
    if (this.#phase === "shutting_down") return;
    this.#tell("backend_disconnected", "warning", this.#explain(error));
    this.#retryLater(error);
  }

  #failed(error: unknown): void {
    if (this.#phase === "shutting_down") return;
    const unauthorized = error instanceof GatewayError && error.code === "unauthorized";
    this.#tell("backend_failed", "error", this.#explain(error));
    // Asking again with the same credentials would change nothing: only a call or a new configuration tries again.
    if (unauthorized) this.#enter("failed", describe(error));
    else this.#retryLater(error);
  }

  #retryLater(error: unknown): void {
    const pause = this.#backOff.failed();
    this.#enter("retrying", describe(error));
    this.#tell("backend_retrying", "info", `next attempt in ${(pause / 1_000).toFixed(1)} s`);
    this.#stopRetry?.();
    this.#stopRetry = this.deps.clock.after(pause, () => void this.#main.get().catch(() => undefined));
  }

  /** The reason, with the last words of the process where there are any: they usually say it. */
  #explain(error: unknown): string {
    const words = this.#words.slice(-3).join(" | ");
    return words ? `${describe(error)}; it printed: ${words}` : describe(error);
  }

  #printed(line: string): void {
    this.#words.push(line);
    if (this.#words.length > 200) this.#words.shift();
    this.deps.output(this.name, line);
  }

  #enter(phase: Phase, error?: string): void {
    if (this.#phase === "shutting_down") return;
    this.#phase = phase;
    this.#error = error;
  }

  #tell(stage: Fact["stage"], severity: Fact["severity"], message: string): void {
    this.deps.emit({ stage, severity, backend: this.name, message });
  }
}

/** A backend as the management API shows it. */
export interface BackendStatus {
  name: string;
  type: string;
  group: string;
  sharing: Sharing;
  phase: Phase;
  connectedAt: Date | null;
  error: string | null;
  capabilities: { tools: number; resources: number; prompts: number };
  health: { status: "unknown" | "healthy" | "unhealthy"; lastCheck: Date | null; latencyMs: number | null };
  /** The newest ten, oldest first. */
  conditions: readonly Condition[];
  pid: number | null;
  restarts: number;
  protocolVersion: string | null;
  serverInfo: JsonObject | null;
}

export interface Condition {
  type: string;
  status: boolean;
  /** One word in CamelCase for programs. */
  reason: string;
  message: string;
  lastTransition: Date;
}
