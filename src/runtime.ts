// The composition root: builds all parts, wires them, starts them, brings them in line with a changed configuration, and stops them in reverse order.
import { systemClock } from "./backend/clock.ts";
import { backendOptions, differ } from "./backend/definition.ts";
import { Supervisor } from "./backend/supervisor.ts";
import { Configuration, type Source } from "./config/configuration.ts";
import { editLock, lockPath } from "./config/lock-file.ts";
import type { Config } from "./config/schema.ts";
import { describe } from "./errors.ts";
import { mustNotConflict } from "./gateway/conflict.ts";
import { buildSnapshot, Gateway } from "./gateway/gateway.ts";
import { sourcesOf } from "./gateway/sources.ts";
import { ToolLock, type ToolLockOptions } from "./gateway/tool-lock.ts";
import type { Management } from "./manage/management.ts";
import { type Program, programOf } from "./manage/program.ts";
import type { Clock, Fact, Upstream } from "./model.ts";
import { Audit } from "./observe/audit.ts";
import { Bus } from "./observe/bus.ts";
import { counted } from "./observe/counted.ts";
import { Denials } from "./observe/denials.ts";
import type { Log } from "./observe/log.ts";
import { Observers } from "./observe/observers.ts";
import type { Redactor } from "./observe/redact.ts";
import { Refusals } from "./observe/refusals.ts";
import { policyOf } from "./policy/rbac.ts";
import { GrantStore } from "./secrets/grant-store.ts";
import { type Address, HttpServer } from "./server/http-server.ts";

export interface RuntimeOptions {
  config: Config;
  /** Where the configuration is from, and how it is read anew. */
  source: Source;
  /** The token of the management API that the environment gives, which wins over the configuration's. */
  token?: string | undefined;
  version: string;
  log: Log;
  /** Knows the secrets of the configuration. */
  redactor: Redactor;
  /** Writes a line of the audit trail to stderr, where it can be in no file. */
  print(line: string): void;
  clock?: Clock;
}

/** How long an issuer may take to give its keys: clients wait for the first ones. */
const KEYS = { patience: 5_000 };

/** How long calls in flight may take when a signal ends the program, in seconds; with the patience for processes it fits into `docker stop`'s 10 s. */
const LAST_CALLS = 5;

export class Runtime {
  /** Facts about everything that happens. */
  readonly bus: Bus;
  readonly #options: RuntimeOptions;
  readonly #startedAt = new Date();
  readonly #gateway = new Gateway(findTaskKey);
  readonly #supervisor: Supervisor;
  readonly #audit: Audit;
  readonly #refusals: Refusals;
  readonly #denials = new Denials();
  readonly #observers: Observers;
  readonly #ended = Promise.withResolvers<void>();
  /** Resolves when calls in flight have had their time. */
  readonly #lastCall = Promise.withResolvers<void>();
  readonly #configuration: Configuration;
  readonly #toolLock: ToolLock;
  readonly #grants: GrantStore;
  readonly #http: HttpServer;
  #management: Promise<Management> | undefined;
  #stopping: Promise<void> | undefined;
  /** Resolves when every backend was tried once. Rejects with GatewayError `conflict` when the configuration forbids what they offer. */
  readonly ready: Promise<void>;

  /** Binds the port, then connects the backends without waiting for them. Throws GatewayError when the port is not to be had. */
  constructor(options: RuntimeOptions) {
    const { config, version, log, redactor, print, clock = systemClock } = options;
    this.#options = options;
    this.bus = new Bus(redactor);
    const emit = (fact: Fact) => this.bus.emit(fact);
    this.#configuration = new Configuration(config, {
      source: options.source,
      emit,
      interrupt: () => void this.#supervisor.endTrials(),
      check: (next) => this.#check(next),
      take: () => this.#take(),
      report: (error) => this.#report(error),
    });
    this.#toolLock = newToolLock(options, emit, this.#configuration, () => this.#rebuild());
    this.#grants = new GrantStore({ where: () => this.config.secrets, environment: process.env, emit });
    this.#supervisor = new Supervisor(backendOptions(config), {
      clock,
      version,
      emit,
      redactor,
      downstream: this.#gateway,
      health: () => this.config.server.health,
      output: (backend, line) => log.write("info", line, backend),
      changed: () => this.#rebuild(),
      tokens: this.#grants,
    });
    const report = (message: string) => emit({ stage: "status", severity: "warning", message });
    this.#audit = new Audit(config.audit, { redactor, report, print });
    this.#refusals = new Refusals({ emit, note: (refusal) => this.#audit.authFailed(refusal) });
    this.#http = new HttpServer({
      gateway: this.#gateway,
      version,
      config: () => this.config,
      emit,
      now: clock.now,
      refusals: this.#refusals,
      fetchFor: async (named) => (await import("./backend/guarded-fetch.ts")).createGuardedFetch(named, KEYS),
      hasToken: () => this.#token() !== undefined,
      manage: async (request, peer) => (await this.#manage()).handle(request, peer),
      stopping: () => this.stopping,
      report: (error) => this.#report(error),
    });
    this.#observers = new Observers({
      version,
      first: this.#audit.observer,
      denials: this.#denials.observer,
      redactor,
      source: this.#program(),
      changed: (observer) => {
        this.#gateway.observer = observer;
      },
      report,
    });
    this.#rebuild();
    this.ready = this.#start();
  }

  get stopping(): boolean {
    return this.#stopping !== undefined;
  }

  get config(): Config {
    return this.#configuration.current;
  }

  /** Resolves when everything has ended, whoever asked for it. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Where clients find the server. */
  address(): Address {
    return this.#http.address();
  }

  backends() {
    return this.#supervisor.status();
  }

  /** Takes no new work, lets calls in flight finish for so many seconds, and then ends everything. Asked again, the shorter time counts. */
  stop(seconds = LAST_CALLS): Promise<void> {
    setTimeout(() => this.#lastCall.resolve(), seconds * 1_000);
    this.#stopping ??= Promise.resolve().then(() => this.#stop(seconds));
    return this.#stopping;
  }

  async #start(): Promise<void> {
    await Bun.sleep(0);
    this.bus.emit({ stage: "config", severity: "debug", message: `loaded ${this.#configuration.file}` });
    this.#http.warn(this.config);
    void reap(this.#options.log);
    await this.#observers.apply(this.config);
    await this.#supervisor.start();
    mustNotConflict(this.config.conflict_resolution, this.#gateway.conflicts);
    this.bus.emit({ stage: "status", severity: "debug", message: "every backend was tried" });
  }

  async #stop(seconds: number): Promise<void> {
    this.bus.emit({ stage: "shutdown", severity: "info", message: `shutting down; calls in flight have ${seconds} s` });
    const configured = this.#configuration.stop();
    await Promise.race([this.#http.settled(), this.#lastCall.promise]);
    await this.#http.close();
    (await this.#management)?.closeStreams();
    // What takes time does so together: `docker stop` waits ten seconds.
    await Promise.all([this.#supervisor.stop(), this.#observers.stop()]);
    this.#refusals.stop();
    await Promise.all([this.#audit.stop(), this.#grants.stop()]);
    await configured;
    await this.#http.end();
    this.#ended.resolve();
  }

  /** The management API is built with its first request: its schemas and routes would cost every start. */
  #manage(): Promise<Management> {
    this.#management ??= import("./manage/management.ts").then(({ createManagement }) =>
      createManagement({
        program: this.#program(),
        redactor: this.#options.redactor,
        enabled: () => this.config.server.management.enabled,
        token: () => this.#token(),
        guard: (request) => this.#http.edge.guardManagement(request),
        guesses: this.#http.edge.guesses,
        authFailed: (reason, peer) => this.#refusals.add({ address: peer ?? null, error: `management API: ${reason}` }),
        changed: (change) => this.#audit.management(change),
        report: (error) => this.#report(error),
      }),
    );
    return this.#management;
  }

  /** The one of the management API; none is needed where there is none. */
  #token(): string | undefined {
    return this.#options.token || this.config.server.management.token || undefined;
  }

  #program(): Program {
    return programOf({
      version: this.#options.version,
      startedAt: this.#startedAt,
      configuration: this.#configuration,
      supervisor: this.#supervisor,
      gateway: this.#gateway,
      toolLock: this.#toolLock,
      sessions: this.#http.sessions,
      modern: this.#http.modern,
      bus: this.bus,
      address: () => this.address(),
      denials: this.#denials,
      stopping: () => this.stopping,
      shutdown: (seconds) => void this.stop(seconds),
      metrics: () => this.#observers.metrics().text(),
    });
  }

  /** Brings everything in line with the configuration that is in force now. */
  #take(): void {
    this.#http.apply(this.config);
    this.#options.log.level = this.config.server.log_level;
    this.#audit.apply(this.config.audit);
    void this.#observers.apply(this.config);
    this.#toolLock.apply(this.config);
    this.#supervisor.apply(backendOptions(this.config));
    this.#rebuild();
    this.#http.warn(this.config);
  }

  /** Under `error` what is new is tried beside the rest, so that a conflict is found before anything has changed. */
  async #check(next: Config): Promise<void> {
    if (next.conflict_resolution.strategy !== "error") return;
    const wanted = backendOptions(next).filter(({ enabled }) => enabled);
    const fresh = wanted.filter(({ name, definition, exclusive }) => {
      const before = this.config.backends[name];
      // A process that wants the same port as the one which runs cannot be tried beside it.
      return !before?.enabled || (!exclusive && differ(before, definition));
    });
    const known = this.#supervisor.upstreams;
    const conflicts = await this.#supervisor.trial(fresh, (tried) => {
      const upstreams = wanted.flatMap(
        ({ name }) => [...tried, ...known].find((upstream: Upstream) => upstream.name === name) ?? [],
      );
      return buildSnapshot(sourcesOf(next, upstreams), next.conflict_resolution).all.conflicts;
    });
    mustNotConflict(next.conflict_resolution, conflicts);
  }

  #rebuild(): void {
    const { conflict_resolution: rules, optimizer } = this.config;
    const sources = this.#toolLock.review(sourcesOf(this.config, this.#supervisor.upstreams));
    const keepTools = optimizer.enabled ? optimizer.keep_tools : undefined;
    const snapshot = buildSnapshot(sources, rules, { keepTools, policy: policyOf(this.config.authorization) });
    for (const { kind, name, kept, dropped } of this.#gateway.swap(snapshot)) {
      const message = `${kind}: ${JSON.stringify(name)} is left out, for backend "${kept}" has it already`;
      const details = { kind, name, kept };
      this.bus.emit({ stage: "capability_conflict", severity: "warning", backend: dropped, message, details });
    }
  }

  #report(error: unknown): void {
    this.#options.log.write("error", `internal error: ${describe(error)}`);
  }
}

function newToolLock(
  { config, source, redactor }: RuntimeOptions,
  emit: (fact: Fact) => void,
  configuration: Configuration,
  changed: () => void,
): ToolLock {
  const file = lockPath(source.file);
  const edit: ToolLockOptions["edit"] = (change) => {
    const lock = editLock(file, change);
    configuration.approved(lock);
    return lock;
  };
  const lock = new ToolLock({ file, emit, redact: redactor.redact, changed, edit });
  lock.apply(config);
  return lock;
}

/** It is looked for with the first task, and where there is no good one, ids of tasks last as long as this process. */
async function findTaskKey(): Promise<Uint8Array | undefined> {
  const { findKeyFor } = await import("./secrets/key.ts");
  return findKeyFor("tasks", process.env).catch(() => undefined);
}

async function reap(log: Log): Promise<void> {
  const { reapOrphans } = await import("./backend/orphans.ts");
  const orphans = reapOrphans();
  if (orphans > 0)
    log.write("warning", `ended ${counted(orphans, "process", "processes")} that a killed gateway had left behind`);
}
