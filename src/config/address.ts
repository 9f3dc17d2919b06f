// Reads from a configuration file where its server listens, and nothing else: what is wrong with the rest, or needs a secret, does not matter.
import { parseDocument } from "yaml";
import { type Environment, expand } from "./expand.ts";

export interface ListenAddress {
  host: string;
  port: number;
  tls: boolean;
}

/** Where a server listens unless it is told otherwise. */
export const DEFAULT_ADDRESS: ListenAddress = { host: "127.0.0.1", port: 9000, tls: false };

/** The address of the server that has this configuration; what the text does not tell is as the default has it. */
export function addressIn(text: string, environment: Environment): ListenAddress {
  const { host, port, tls } = serverIn(text, environment);
  return {
    host: typeof host === "string" ? host : DEFAULT_ADDRESS.host,
    port: Number(port ?? DEFAULT_ADDRESS.port),
    tls: typeof tls === "object" && tls !== null,
  };
}

function serverIn(text: string, environment: Environment): Record<string, unknown> {
  // A file that is being edited still has what was right before.
  const document = parseDocument(text, { merge: true, logLevel: "silent" });
  const server = toValue(() => document.toJS()?.server);
  if (typeof server !== "object" || server === null) return {};
  const secret = () => ({ problem: "not needed here" });
  return expand(server, { environment, secret }, []) as Record<string, unknown>;
}

/** An alias without its anchor has no value. */
function toValue(make: () => unknown): unknown {
  try {
    return make();
  } catch {
    return undefined;
  }
}
