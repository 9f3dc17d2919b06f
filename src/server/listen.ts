// Binds the app to its port, over TLS where there is a certificate.
import type { Config } from "../config/schema.ts";
import { describe, GatewayError } from "../errors.ts";
import type { createApp } from "./app.ts";

/** A certificate and its key, in PEM. */
export type Tls = Config["server"]["tls"];

export interface ListenOptions {
  host: string;
  port: number;
  tls?: Tls;
  /** Takes a sentence about a certificate that cannot be shown. */
  report(problem: string): void;
}

export interface Listener {
  readonly port: number;
  /** Shows another certificate to who connects from now on; connections that are open go on. Whether there is one at all was decided at the start. */
  renew(next: Tls): void;
  /** Takes no further connections; resolves when the last one has ended. */
  close(): Promise<void>;
  /** Ends all connections. */
  abort(): Promise<void>;
}

type App = ReturnType<typeof createApp>;

/** Listens at once. Throws GatewayError when the port is not to be had. */
export function listen(app: App, options: ListenOptions): Listener {
  const { host } = options;
  let { tls } = options;
  let server = serve(app, options);
  const { port = options.port } = server;
  /** Those that still have connections under a former certificate. */
  const retired = new Set<typeof server>();
  const retire = (old: typeof server) => {
    retired.add(old);
    void old.stop(false).then(() => retired.delete(old));
  };
  const replace = (next: Tls) => {
    server = serve(app, { host, port, tls: next });
    tls = next;
  };
  return {
    port,
    renew(next) {
      if (!next || !tls || Bun.deepEquals(next, tls)) return;
      const former = tls;
      // Two cannot have the port. In between, only what has not even been accepted is lost.
      retire(server);
      try {
        replace(next);
      } catch (error) {
        options.report(`the former certificate stays: ${describe(error)}`);
        replace(former);
      }
    },
    close: async () => void (await Promise.all([...retired, server].map((each) => each.stop(false)))),
    abort: async () => void (await Promise.all([...retired, server].map((each) => each.stop(true)))),
  };
}

function serve(app: App, { host, port, tls }: Omit<ListenOptions, "report">) {
  try {
    // Not app.listen(), which cannot change a certificate. Streams are silent for long; a second server on the port would share
    // its clients unnoticed; and bodies are limited where they are read, so that a reload can change the limit.
    const server = Bun.serve({
      hostname: host,
      port,
      idleTimeout: 0,
      reusePort: false,
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      development: false,
      fetch: app.fetch,
      ...(tls && { tls }),
    });
    app.server = server;
    return server;
  } catch (error) {
    // Bun says anything of a name that leads nowhere.
    const isName = !/^[\d.]+$|:|^localhost$/.test(host);
    const other = isName ? `; or ${host} is no name of this machine` : "";
    const inUse = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
    const reason = inUse ? "the port is in use; stop what uses it, or choose another with --port" : describe(error);
    throw new GatewayError("unavailable", `cannot listen on ${host}:${port}: ${reason}${other}`);
  }
}
