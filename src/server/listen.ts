// Binds the app to its port.
import { describe, GatewayError } from "../errors.ts";
import type { createApp } from "./app.ts";

export interface Listener {
  readonly port: number;
  /** Takes no further connections; resolves when the last one has ended. */
  close(): Promise<void>;
  /** Ends all connections. */
  abort(): Promise<void>;
}

/** Listens at once. Throws GatewayError when the port is not to be had. */
export function listen(app: ReturnType<typeof createApp>, { host, port }: { host: string; port: number }): Listener {
  try {
    // Streams are silent for long; a second server on the port would share its clients unnoticed;
    // and bodies are limited where they are read, so that a reload can change the limit.
    const { server } = app.listen({
      hostname: host,
      port,
      idleTimeout: 0,
      reusePort: false,
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
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
