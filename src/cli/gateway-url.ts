// Where a gateway is: the URL that is given, else what the configuration says, else the default address.
import { gatewayAddress, originOf } from "../config/address.ts";
import type { Environment } from "../config/expand.ts";
import { UsageError } from "./usage.ts";

export interface Whereabouts {
  /** `--url`. */
  url: string | undefined;
  /** `--config`. */
  config: string | undefined;
}

/** The URL of the gateway's Streamable HTTP endpoint. Throws UsageError for what is no URL, GatewayError when the configuration does not tell. */
export async function gatewayUrl({ url, config }: Whereabouts, environment: Environment): Promise<URL> {
  if (url !== undefined) return endpointOf(url);
  return new URL("mcp", originOf(await gatewayAddress(config, environment)));
}

/** Without a path it is the origin that is meant. */
function endpointOf(text: string): URL {
  const url = URL.parse(text);
  if (!url || !["http:", "https:"].includes(url.protocol))
    throw new UsageError(`--url is an address like http://127.0.0.1:9000/mcp, not ${text}`);
  if (url.pathname === "/") url.pathname = "/mcp";
  return url;
}
