// Reads from a configuration file where its server is to be found, and nothing else: what is wrong with the rest, or needs a secret, does not matter.
import { readFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { describe, GatewayError } from "../errors.ts";
import { type Environment, expand } from "./expand.ts";
import { findIfAny } from "./find.ts";
import type { Problem } from "./problem.ts";

export interface GatewayAddress {
  host: string;
  port: number;
  tls: boolean;
  /** It lets in only clients that show one. */
  asksForToken: boolean;
}

/** Where a server is unless it is told otherwise. */
export const DEFAULT_ADDRESS: GatewayAddress = { host: "127.0.0.1", port: 9000, tls: false, asksForToken: false };

/**
 * The address of the server that the configuration of this place is for: that of `config`, ARGUS_CONFIG or the working directory.
 * Throws ConfigError when a file that is named is not there, GatewayError `config` when one does not tell.
 */
export async function gatewayAddress(config: string | undefined, environment: Environment): Promise<GatewayAddress> {
  const file = await findIfAny(config, environment);
  if (file === undefined) return DEFAULT_ADDRESS;
  try {
    return addressIn(readFileSync(file, "utf8"), environment);
  } catch (error) {
    throw new GatewayError("config", `${file} does not tell where the gateway is: ${describe(error)}; give --url`);
  }
}

/** What the text does not tell is as the default has it. Throws an Error for an address that clients cannot use. */
export function addressIn(text: string, environment: Environment): GatewayAddress {
  const { server, incoming_auth: auth } = sectionsIn(text);
  const { tls } = server;
  const problems: Problem[] = [];
  const secret = () => ({ problem: "a secret is no address" });
  const { host, port } = expand({ host: server.host, port: server.port }, { environment, secret }, problems) as Section;
  const [problem] = problems;
  if (problem) throw new Error(problem.message);
  return {
    host: typeof host === "string" ? host : DEFAULT_ADDRESS.host,
    port: portOf(port ?? DEFAULT_ADDRESS.port),
    tls: typeof tls === "object" && tls !== null,
    asksForToken: (auth.type ?? "anonymous") !== "anonymous",
  };
}

/** The root of its URLs, for somebody on the same machine: a server that listens everywhere is also here. */
export function originOf({ host, port, tls }: GatewayAddress): URL {
  const everywhere = ["0.0.0.0", "::", "[::]"].includes(host);
  const name = everywhere ? "127.0.0.1" : host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  return new URL(`${tls ? "https" : "http"}://${name}:${port}/`);
}

type Section = Record<string, unknown>;

function portOf(value: unknown): number {
  const port = Number(value);
  if (!(port > 0 && port <= 65_535)) throw new Error(`server.port is ${JSON.stringify(value)}`);
  return port;
}

function sectionsIn(text: string): { server: Section; incoming_auth: Section } {
  // A file that is being edited still has what was right before.
  const document = parseDocument(text, { merge: true, logLevel: "silent" });
  const settings = sectionOf(toValue(() => document.toJS()));
  return { server: sectionOf(settings.server), incoming_auth: sectionOf(settings.incoming_auth) };
}

function sectionOf(value: unknown): Section {
  return typeof value === "object" && value !== null ? (value as Section) : {};
}

/** An alias without its anchor has no value. */
function toValue(make: () => unknown): unknown {
  try {
    return make();
  } catch {
    return undefined;
  }
}
