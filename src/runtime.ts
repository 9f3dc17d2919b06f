// The composition root: builds all parts, wires them, starts them, and stops them in reverse order.
import type { BackendOptions } from "./backend/backend.ts";
import { Supervisor } from "./backend/supervisor.ts";
import type { Transport } from "./backend/transport.ts";
import type { BackendConfig, Config } from "./config/schema.ts";
import { describe, GatewayError } from "./errors.ts";
import type { Conflict, Source } from "./gateway/catalog.ts";
import { filterOf } from "./gateway/filters.ts";
import { buildSnapshot, Gateway } from "./gateway/gateway.ts";
import { healthRoutes } from "./manage/health.ts";
import type { Clock } from "./model.ts";
import { Bus } from "./observe/bus.ts";
import type { Log } from "./observe/log.ts";
import { createApp } from "./server/app.ts";
import { Sessions } from "./server/sessions.ts";

export interface RuntimeOptions {
  config: Config;
  version: string;
  log: Log;
  clock?: Clock;
}

export interface Runtime {
  /** The address the server is bound to. */
  host: string;
  /** The port, also where a free one was asked for. */
  port: number;
  /** Resolves when every backend was tried once. Rejects with GatewayError `conflict` when the configuration forbids what they offer. */
  ready: Promise<void>;
  /** How many of the enabled backends can take a call. */
  backends(): { total: number; connected: number };
  /** Ends all sessions, backends and the server; idempotent. */
  stop(): Promise<void>;
}

/** Binds the port, then connects the backends without waiting for them. Throws GatewayError when the port is not to be had. */
export function start({ config, version, log, clock = systemClock }: RuntimeOptions): Runtime {
  const bus = new Bus();
  bus.subscribe(({ severity, message, backend }) => log.write(severity, message, backend));
  const gateway = new Gateway();
  const rules = config.conflict_resolution;
  const changed = () => reportConflicts(bus, gateway.swap(buildSnapshot(sourcesOf(config, supervisor), rules)));
  const supervisor = new Supervisor(backendsOf(config), {
    clock,
    version,
    downstream: gateway,
    emit: (event) => bus.emit(event),
    output: (backend, line) => log.write("debug", line, backend),
    changed,
  });
  const { limits } = config.server;
  const sessions = new Sessions({ sessions: limits.sessions, sessionIdle: limits.session_idle }, (event) =>
    bus.emit(event),
  );
  let stopping: Promise<void> | undefined;
  const server = listen({
    config,
    version,
    gateway,
    sessions,
    supervisor,
    stopping: () => stopping !== undefined,
    report: (error) => log.write("error", `internal error: ${describe(error)}`),
  });
  changed();
  const ready = Bun.sleep(0)
    .then(() => supervisor.start())
    .then(() => mustNotConflict(config, gateway.conflicts));
  void reap(log);
  if (config.server.allowed_origins.includes("*")) {
    log.write(
      "warning",
      'server.allowed_origins has "*": any web page that you visit can use this gateway and what is behind it',
    );
  }
  return {
    host: config.server.host,
    port: server.port,
    ready,
    backends: () => ({ total: supervisor.total, connected: supervisor.ready }),
    stop: () => {
      stopping ??= Promise.resolve().then(() => stop({ sessions, supervisor, server }));
      return stopping;
    },
  };
}

/** How long calls in flight may take once the program shall end, in milliseconds; with the patience for processes it fits into `docker stop`'s 10 s. */
const LAST_CALLS = 5_000;

/** Takes no new work, lets calls in flight finish, and then ends everything. */
async function stop({
  sessions,
  supervisor,
  server,
}: Pick<ListenOptions, "sessions" | "supervisor"> & { server: Listener }) {
  const closed = server.close();
  await Promise.race([sessions.settled(), Bun.sleep(LAST_CALLS)]);
  sessions.stop();
  await supervisor.stop();
  // What was answered last is still on its way; a client that does not read it must not keep the program alive.
  await Promise.race([closed, Bun.sleep(1_000)]);
  await server.abort();
}

async function reap(log: Log): Promise<void> {
  const { reapOrphans } = await import("./backend/orphans.ts");
  const orphans = reapOrphans();
  if (orphans > 0) log.write("warning", `ended ${orphans} processes that a killed gateway had left behind`);
}

const systemClock: Clock = {
  now: () => performance.now(),
  after(milliseconds, work) {
    // A longer time would overflow and fire at once.
    const timer = setTimeout(work, Math.min(milliseconds, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
  random: Math.random,
};

interface ListenOptions {
  config: Config;
  version: string;
  gateway: Gateway;
  sessions: Sessions;
  supervisor: Supervisor;
  stopping(): boolean;
  report(error: unknown): void;
}

interface Listener {
  port: number;
  /** Takes no further connections; resolves when the last one has ended. */
  close(): Promise<void>;
  /** Ends all connections. */
  abort(): Promise<void>;
}

function listen({ config, version, gateway, sessions, supervisor, stopping, report }: ListenOptions): Listener {
  const { host, port, allowed_hosts: allowedHosts, allowed_origins: allowedOrigins, limits } = config.server;
  const health = healthRoutes({
    version,
    startedAt: Date.now(),
    backends: () => ({ total: supervisor.total, connected: supervisor.ready }),
    tried: () => supervisor.tried,
  });
  const app = createApp({
    gateway,
    sessions,
    version,
    serverInfo: { name: "argus-mcp", title: "Argus MCP", version },
    bodyLimit: limits.body,
    guard: { host, allowedHosts, allowedOrigins },
    hasGroup: (group) => gateway.hasGroup(group),
    stopping,
    report,
  }).use(health);
  try {
    // Streams are silent for long; and a second server on the port would share its clients unnoticed.
    const { server } = app.listen({
      hostname: host,
      port,
      idleTimeout: 0,
      reusePort: false,
      maxRequestBodySize: limits.body + 65_536,
    });
    return {
      port: server?.port ?? port,
      close: async () => void (await server?.stop(false)),
      abort: async () => void (await server?.stop(true)),
    };
  } catch (error) {
    const inUse = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
    const reason = inUse ? "the port is in use; stop what uses it, or choose another with --port" : describe(error);
    throw new GatewayError("unavailable", `cannot listen on ${host}:${port}: ${reason}`);
  }
}

function backendsOf({ backends }: Config): BackendOptions[] {
  return Object.entries(backends)
    .filter(([, { enabled }]) => enabled)
    .map(([name, backend]) => ({
      name,
      group: backend.group,
      sharing: backend.sharing,
      timeouts: { init: backend.timeouts.init, capFetch: backend.timeouts.cap_fetch, call: backend.timeouts.call },
      transport: (output) => transportOf(backend, output),
    }));
}

/** Each transport is loaded with the first backend that needs it: node:http alone takes 2 ms of a start. */
async function transportOf(backend: BackendConfig, output: (line: string) => void): Promise<Transport> {
  if (backend.type === "streamable-http") {
    const { HttpTransport } = await import("./backend/http.ts");
    return new HttpTransport(new URL(backend.url), backend.headers);
  }
  const { command, args, env, cwd } = backend;
  const process = command === undefined ? undefined : { command, args, env, output, ...(cwd !== undefined && { cwd }) };
  if (backend.type === "stdio") {
    const { StdioTransport } = await import("./backend/stdio.ts");
    return new StdioTransport(process as NonNullable<typeof process>);
  }
  const { SseTransport } = await import("./backend/sse.ts");
  return new SseTransport({
    url: new URL(backend.url),
    headers: backend.headers,
    startup: backend.timeouts.sse_startup,
    ...(process && { process }),
  });
}

function sourcesOf({ backends }: Config, supervisor: Supervisor): Source[] {
  return supervisor.upstreams.flatMap((upstream) => {
    const backend = backends[upstream.name];
    if (!backend) return [];
    const { tools, resources, prompts } = backend.filters;
    return {
      upstream,
      filters: { tools: filterOf(tools), resources: filterOf(resources), prompts: filterOf(prompts) },
      overrides: backend.tool_overrides,
    };
  });
}

function reportConflicts(bus: Bus, conflicts: readonly Conflict[]): void {
  for (const { kind, name, kept, dropped } of conflicts) {
    const message = `${kind}: ${JSON.stringify(name)} is left out, for backend "${kept}" has it already`;
    bus.emit({ stage: "capability_conflict", severity: "warning", backend: dropped, message });
  }
}

function mustNotConflict(config: Config, conflicts: readonly Conflict[]): void {
  const [first] = conflicts;
  if (config.conflict_resolution.strategy !== "error" || !first) return;
  throw new GatewayError(
    "conflict",
    `backends "${first.kept}" and "${first.dropped}" both offer ${JSON.stringify(first.name)} (${first.kind}), ` +
      "which conflict_resolution.strategy: error forbids; rename or filter one of them",
  );
}
