// Keeps the main connection of a backend alive: the phases of its life, retries, health probes, and what it offers.
import { describe, GatewayError } from "../errors.ts";
import type { Clock, Fact, Offer } from "../model.ts";
import { offered } from "../observe/counted.ts";
import { BackOff } from "./back-off.ts";
import type { Connection } from "./connection.ts";
import { Health, type HealthRules } from "./health.ts";
import { Life } from "./life.ts";
import { Link } from "./link.ts";
import { countsOf, Listing } from "./listing.ts";

export interface KeeperOptions {
  clock: Clock;
  healthRules(): HealthRules;
  /** Seconds for each page of a list. */
  listTimeout(): number;
  connect(signal: AbortSignal): Promise<Connection>;
  tell(fact: Omit<Fact, "backend">): void;
  /** The offer may have changed. */
  changed(): void;
  /** It is connected, again or for the first time. */
  connected(): void;
}

/** So many of the last lines that it printed are told with its end: they usually say why. */
const WORDS = 3;

export class Keeper {
  readonly life = new Life();
  readonly link: Link;
  readonly health: Health;
  readonly listing: Listing;
  readonly #backOff: BackOff;
  readonly #words: string[] = [];
  #stopRetry: (() => void) | undefined;

  constructor(private readonly options: KeeperOptions) {
    const { clock } = options;
    this.#backOff = new BackOff(clock);
    this.link = new Link(clock, (signal) => this.#open(signal));
    this.health = new Health({
      clock,
      rules: options.healthRules,
      recovered: () => this.#recovered(),
      failed: (connection, error) => this.#unhealthy(connection, error),
      dead: (connection, error) => this.#giveUp(connection, error),
    });
    this.listing = new Listing({
      clock,
      timeout: options.listTimeout,
      connection: () => this.link.get(),
      connected: () => this.link.current !== undefined,
      tell: options.tell,
      listed: (connection) => this.#listed(connection),
      lost: (connection, error) => this.#giveUp(connection, error),
    });
  }

  get offer(): Offer | undefined {
    return this.listing.offer;
  }

  /** Makes the first attempt; resolves when it has succeeded, with the offer listed, or failed. Retries go on by themselves. */
  async start(): Promise<void> {
    if (this.life.over) return;
    await this.link.get().catch(() => undefined);
    await this.listing.settled;
  }

  /** Begins anew for this reason, without what has gone wrong; the caller gives up the connection. */
  startOver(reason: string): void {
    this.rest();
    this.#backOff.reset();
    if (this.life.connected) this.#tell("backend_disconnected", "info", reason);
    this.life.enter("initializing", reason);
  }

  /** No further attempts and probes: it is about to end. */
  rest(): void {
    this.#stopRetry?.();
    this.health.stop();
  }

  /** The connection has ended by itself. */
  lost(connection: Connection, error: unknown): void {
    // One that was replaced already is no loss.
    if (this.link.current !== connection) return;
    this.link.forget(connection);
    this.health.stop();
    if (this.life.over) return;
    this.#tell("backend_disconnected", "warning", this.#explain(error));
    this.#retryLater(error);
  }

  /** It has printed a line beside messages. */
  printed(line: string): void {
    this.#words.push(line);
    if (this.#words.length > WORDS) this.#words.shift();
  }

  async #open(signal: AbortSignal): Promise<Connection> {
    if (this.life.over) throw new GatewayError("unavailable", "is shutting down");
    this.#stopRetry?.();
    this.health.stop();
    this.#words.length = 0;
    this.life.enter("initializing");
    this.#tell("backend_connecting", "debug", "connecting");
    try {
      const connection = await this.options.connect(signal);
      this.listing.refresh();
      return connection;
    } catch (error) {
      if (!signal.aborted) this.#failed(error);
      throw error;
    }
  }

  #listed(connection: Connection): void {
    this.options.changed();
    if (this.link.current !== connection || this.life.phase !== "initializing") return;
    const process = connection.pid ? ` (process ${connection.pid})` : "";
    const message = `connected${process}: ${offered(countsOf(this.offer))}`;
    this.life.enter("ready", message);
    this.#backOff.succeeded();
    this.options.connected();
    this.#tell("backend_connected", "info", message);
    this.health.watch(connection);
  }

  #recovered(): void {
    this.life.enter("ready", "answers probes again");
    this.#tell("health", "info", "answers health probes again");
  }

  /** A process that answers no probe may just be busy: it is left alone while a call is in flight, else it hangs and is started anew. */
  #unhealthy(connection: Connection, error: unknown): void {
    const message = `health probes fail: ${describe(error)}`;
    if (this.life.phase !== "degraded") this.#tell("health", "warning", message);
    this.life.enter("degraded", message);
    if (connection.busy) return;
    const hangs = new GatewayError("unavailable", message);
    this.lost(connection, hangs);
    void connection.close(hangs);
  }

  /** The link leads nowhere any more, though nothing has closed it. */
  #giveUp(connection: Connection, error: unknown): void {
    this.lost(connection, error);
    void connection.retire();
  }

  #failed(error: unknown): void {
    if (this.life.over) return;
    this.#tell("backend_failed", "error", this.#explain(error));
    const unauthorized = error instanceof GatewayError && error.code === "unauthorized";
    // Asking again with the same credentials would change nothing: only a call or a new configuration tries again.
    if (unauthorized) this.life.enter("failed", describe(error));
    else this.#retryLater(error);
  }

  #retryLater(error: unknown): void {
    const pause = this.#backOff.failed();
    this.life.enter("retrying", describe(error));
    this.#tell("backend_retrying", "info", `next attempt in ${(pause / 1_000).toFixed(1)} s`);
    this.#stopRetry?.();
    this.#stopRetry = this.options.clock.after(pause, () => void this.link.get().catch(() => undefined));
  }

  /** The reason, with the last words of the process where there are any. */
  #explain(error: unknown): string {
    const words = this.#words.join(" | ");
    return words ? `${describe(error)}; it printed: ${words}` : describe(error);
  }

  #tell(stage: Fact["stage"], severity: Fact["severity"], message: string): void {
    this.options.tell({ stage, severity, message });
  }
}
