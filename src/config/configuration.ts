// The configuration in force: read anew when its file changes or somebody asks, and replaced whole or not at all.
import { GatewayError } from "../errors.ts";
import type { Fact } from "../model.ts";
import { type Difference, diff, restartRequired, same } from "./diff.ts";
import type { Lock } from "./lock-file.ts";
import { ConfigError } from "./problem.ts";
import type { Config } from "./schema.ts";
import { watchConfig } from "./watch.ts";

/** What a reload did; when `errors` is not empty, nothing. */
export interface ReloadReport extends Difference {
  /** Keys whose change counts after a restart only. */
  restartRequired: string[];
  errors: string[];
}

export interface Source {
  file: string;
  /** Reads the file. Throws ConfigError. */
  load(): Promise<Config>;
}

export interface ConfigurationOptions {
  source: Source;
  emit(fact: Fact): void;
  /** Breaks off a `check` under way: a newer file counts. */
  interrupt(): void;
  /** Throws GatewayError when the program cannot take this configuration; nothing has changed yet. */
  check(next: Config): Promise<void>;
  /** Brings the program in line with what is in force now. */
  take(): void;
  /** Takes what should not have happened. */
  report(error: unknown): void;
}

export class Configuration {
  readonly #options: ConfigurationOptions;
  readonly #started: Config;
  #current: Config;
  #loadedAt = new Date();
  /** When the file was read, in milliseconds since 1970, or a little earlier: what was edited since is not known yet. */
  #readAt = performance.timeOrigin;
  #asked = 0;
  /** What argus.lock says since somebody has approved tools; absent where it was read later. */
  #approved: Lock | undefined;
  #reloading: Promise<unknown> = Promise.resolve();
  #unwatch: (() => void) | undefined;
  #over = false;

  constructor(current: Config, options: ConfigurationOptions) {
    this.#options = options;
    this.#started = current;
    this.#current = current;
    this.#watch();
  }

  get current(): Config {
    return this.#current;
  }

  /** The one that the program was started with: the address that it has bound stays. */
  get started(): Config {
    return this.#started;
  }

  get file(): string {
    return this.#options.source.file;
  }

  get loadedAt(): Date {
    return this.#loadedAt;
  }

  /** Reads the file and takes what has changed; an invalid one changes nothing. One reload at a time. Throws GatewayError `unavailable` when it came to nothing. */
  reload(): Promise<ReloadReport> {
    const number = ++this.#asked;
    this.#options.interrupt();
    const report = this.#reloading.then(() => this.#reload(number));
    this.#reloading = report.catch(() => undefined);
    return report;
  }

  /** Somebody has approved tools: this is what argus.lock says now, also for a reload that has read it before. */
  approved(lock: Lock): void {
    this.#approved = lock;
    this.#current = { ...this.#current, lock };
  }

  /** Changes nothing from now on; resolves when the last reload has ended. */
  async stop(): Promise<void> {
    this.#over = true;
    this.#unwatch?.();
    await this.#reloading;
  }

  async #reload(number: number): Promise<ReloadReport> {
    this.#mustCount(number);
    try {
      const readAt = Date.now();
      this.#approved = undefined;
      const read = await this.#options.source.load();
      await this.#options.check(read);
      this.#mustCount(number);
      const next = this.#approved && read.server.tool_lock !== "off" ? { ...read, lock: this.#approved } : read;
      const difference = diff(this.#current, next);
      this.#readAt = readAt;
      this.#loadedAt = new Date();
      if (!same(this.#current, next)) this.#take(next, difference);
      return { ...difference, restartRequired: restartRequired(this.#started, next), errors: [] };
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code === "unavailable") throw error;
      return this.#rejected(error);
    }
  }

  #mustCount(number: number): void {
    if (this.#over) throw new GatewayError("unavailable", "the gateway is shutting down");
    if (number !== this.#asked) throw new GatewayError("unavailable", "another reload was asked for meanwhile");
  }

  #take(next: Config, difference: Difference): void {
    this.#current = next;
    const { added, removed, changed } = difference;
    const later = restartRequired(this.#started, next);
    const backends = added.length === 1 ? "backend" : "backends";
    const counts = `${added.length} ${backends} added, ${removed.length} removed, ${changed.length} changed`;
    const restart = later.length > 0 ? `; ${later.join(" and ")} will count after a restart` : "";
    const message = `configuration reloaded: ${counts}${restart}`;
    const details = { ...difference, restart_required: later };
    this.#options.emit({ stage: "config_reloaded", severity: "info", message, details });
    this.#watch();
    this.#options.take();
  }

  #rejected(error: GatewayError): ReloadReport {
    const errors = error instanceof ConfigError ? [...error.lines] : [error.message];
    const message = `the configuration was not reloaded: ${errors.join("; ")}`;
    this.#options.emit({ stage: "config_rejected", severity: "error", message, details: { errors } });
    return { added: [], removed: [], changed: [], restartRequired: [], errors };
  }

  #watch(): void {
    if (!this.#current.feature_flags.hot_reload) {
      this.#unwatch?.();
      this.#unwatch = undefined;
      return;
    }
    // What a GatewayError says was told already, or another reload tells it.
    const unforeseen = (error: unknown) => error instanceof GatewayError || this.#options.report(error);
    this.#unwatch ??= watchConfig(this.file, this.#readAt, () => void this.reload().catch(unforeseen));
  }
}
