// The downstream half as one: who is let in, the sessions of those who were, and the port that they come to.
import type { Config } from "../config/schema.ts";
import type { Gateway } from "../gateway/gateway.ts";
import type { Refusals } from "../observe/refusals.ts";
import { type AppOptions, createApp } from "./app.ts";
import { Auth, type AuthOptions } from "./auth.ts";
import { bodyReader } from "./body.ts";
import { Edge, type EdgeOptions } from "./edge.ts";
import { type Listener, listen } from "./listen.ts";
import { Modern } from "./modern.ts";
import { Patience } from "./patience.ts";
import { PATIENCE } from "./reply.ts";
import { Sessions } from "./sessions.ts";

export interface HttpServerOptions
  extends Pick<AppOptions, "version" | "manage" | "stopping" | "report">,
    Pick<AuthOptions, "fetchFor">,
    EdgeOptions {
  gateway: Gateway;
  /** The configuration in force. */
  config(): Config;
  refusals: Refusals;
}

export interface Address {
  host: string;
  port: number;
  sseUrl: string;
  streamableHttpUrl: string;
}

/** How long the last answers may take to reach their clients, in milliseconds: one that does not read must not keep the program alive. */
const LAST_ANSWERS = 1_000;

export class HttpServer {
  readonly edge: Edge;
  readonly sessions: Sessions;
  readonly modern: Modern;
  readonly #auth: Auth;
  readonly #started: Config["server"];
  readonly #listener: Listener;
  #closed: Promise<void> | undefined;

  /** Binds the port. Throws GatewayError when it is not to be had. */
  constructor(options: HttpServerOptions) {
    const { config, emit, refusals } = options;
    const { server } = config();
    this.#started = server;
    this.edge = new Edge(config(), options);
    this.#auth = new Auth(config(), {
      emit,
      refused: (refusal) => refusals.add(refusal),
      changed: () => {
        this.sessions.silenceAll();
        this.modern.silence();
      },
      fetchFor: options.fetchFor,
      now: Date.now,
    });
    const limits = () => {
      const { sessions, session_idle: sessionIdle } = config().server.limits;
      return { sessions, sessionIdle };
    };
    this.sessions = new Sessions(limits, emit, ({ id }, identity, address) =>
      refusals.add({ address, identity, error: `session ${id} belongs to another client` }),
    );
    const { gateway, version, stopping } = options;
    this.modern = new Modern({ gateway, serverInfo: serverInfoOf(version), limits, emit, stopping });
    const report = (message: string) => emit({ stage: "status", severity: "warning", message });
    this.#listener = listen(this.#app(options), { host: server.host, port: server.port, tls: server.tls, report });
  }

  /** Where clients find it. */
  address(): Address {
    const { host, tls } = this.#started;
    const { port } = this.#listener;
    const name = ["0.0.0.0", "::"].includes(host) ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
    const base = `${tls ? "https" : "http"}://${name}:${port}`;
    return { host, port, streamableHttpUrl: `${base}/mcp`, sseUrl: `${base}/sse` };
  }

  /** Brings everything but the address in line with a configuration. Who may come in is settled before the port is touched. */
  apply(config: Config): void {
    this.edge.apply(config);
    this.#auth.apply(config);
    this.#listener.renew(config.server.tls);
  }

  /** Tells what a configuration opens wider than is safe. */
  warn(config: Config): void {
    this.edge.warn(config);
    this.#auth.warn(config);
  }

  /** Resolves when no call is in flight. */
  async settled(): Promise<void> {
    await Promise.all([this.sessions.settled(), this.modern.settled()]);
  }

  /** Takes no further connections, and ends all sessions. */
  async close(): Promise<void> {
    this.#closed = this.#listener.close();
    this.modern.stop();
    await this.sessions.stop();
  }

  /** Ends all connections, once what was answered last had time to arrive. */
  async end(): Promise<void> {
    await Promise.race([this.#closed, Bun.sleep(LAST_ANSWERS)]);
    await this.#listener.abort();
  }

  #app({ gateway, config, version, manage, stopping, report }: HttpServerOptions) {
    return createApp({
      ...{ gateway, version, manage, stopping, report },
      ...{ sessions: this.sessions, modern: this.modern },
      ...{ read: bodyReader(), headPatience: new Patience(PATIENCE) },
      serverInfo: serverInfoOf(version),
      bodyLimit: () => config().server.limits.body,
      secure: this.#started.tls !== undefined,
      edge: this.edge,
      auth: this.#auth,
      hasGroup: (group) => gateway.hasGroup(group),
    });
  }
}

function serverInfoOf(version: string) {
  return { name: "argus-mcp", title: "Argus MCP", version };
}
