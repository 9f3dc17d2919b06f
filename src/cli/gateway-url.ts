// Where a gateway is: the URL that is given, else what the configuration says, else the default address.
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { type Environment, expand } from "../config/expand.ts";
import { findConfig } from "../config/find.ts";
import type { Problem } from "../config/problem.ts";
import { describe, GatewayError } from "../errors.ts";
import { UsageError } from "./usage.ts";

const DEFAULT_URL = "http://127.0.0.1:9000/mcp";

export interface Whereabouts {
  /** `--url`. */
  url: string | undefined;
  /** `--config`. */
  config: string | undefined;
}

/** The URL of the gateway's Streamable HTTP endpoint. Throws UsageError for what is no URL, GatewayError when the configuration does not tell. */
export async function gatewayUrl({ url, config }: Whereabouts, environment: Environment): Promise<URL> {
  if (url !== undefined) return endpointOf(url);
  const file = await configFile(config, environment);
  return new URL(file === undefined ? DEFAULT_URL : urlIn(file, environment));
}

/** Whether the gateway of the configuration, if there is one, lets in only clients that show a token. Throws GatewayError. */
export async function asksForToken(config: string | undefined, environment: Environment): Promise<boolean> {
  const file = await configFile(config, environment);
  const { type = "anonymous" } = (file !== undefined && settingsIn(file).incoming_auth) || {};
  return type !== "anonymous";
}

/** One that is named must be there. */
async function configFile(config: string | undefined, environment: Environment): Promise<string | undefined> {
  return await findConfig(config, environment).catch((error) => {
    if (config ?? environment.ARGUS_CONFIG) throw error;
    return undefined;
  });
}

/** Without a path it is the origin that is meant. */
function endpointOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol))
    throw new UsageError(`--url is an address like ${DEFAULT_URL}, not ${text}`);
  if (url.pathname === "/") url.pathname = "/mcp";
  return url;
}

interface Address {
  host?: unknown;
  port?: unknown;
  tls?: unknown;
}

interface Settings {
  server?: Address | null;
  incoming_auth?: { type?: unknown } | null;
}

/** Only the address is read: a client needs neither the secrets nor the variables of the backends. */
function urlIn(file: string, environment: Environment): string {
  const problems: Problem[] = [];
  const { host: givenHost, port: givenPort, tls } = settingsIn(file).server ?? {};
  const secret = () => ({ problem: "a secret is no address" });
  const address = expand({ host: givenHost, port: givenPort }, { environment, secret }, problems) as Address;
  const port = Number(address.port ?? 9000);
  const [problem] = problems;
  if (problem || !(port > 0 && port <= 65_535)) {
    const why = problem?.message ?? `server.port is ${JSON.stringify(address.port)}`;
    throw new GatewayError("config", `${file} does not tell where the gateway is: ${why}; give --url`);
  }
  return `${tls ? "https" : "http"}://${reachable(String(address.host ?? "127.0.0.1"))}:${port}/mcp`;
}

function settingsIn(file: string): Settings {
  try {
    return (parse(readFileSync(file, "utf8"), { merge: true }) as Settings | null) ?? {};
  } catch (error) {
    throw new GatewayError("config", `${file} does not tell where the gateway is: ${describe(error)}; give --url`);
  }
}

/** A gateway that listens everywhere is also here. */
function reachable(host: string): string {
  if (["0.0.0.0", "::", "[::]"].includes(host)) return "127.0.0.1";
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}
