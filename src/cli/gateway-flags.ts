// The flags of all commands that are clients of a running gateway.
import type { ArgsDef } from "citty";
import { reachDirectly } from "./direct.ts";
import type { GatewayClient } from "./gateway-client.ts";
import { gatewayUrl } from "./gateway-url.ts";
import { needsValue } from "./usage.ts";

export const gatewayArgs = {
  url: {
    type: "string",
    valueHint: "URL",
    description: "the gateway (default: what the configuration says, else http://127.0.0.1:9000)",
  },
  token: { type: "string", valueHint: "TOKEN", description: "a bearer token for it (default: $ARGUS_TOKEN)" },
  config: {
    type: "string",
    alias: "c",
    valueHint: "PATH",
    description: "the configuration file (default: $ARGUS_CONFIG, config.yaml, config.yml)",
  },
} as const satisfies ArgsDef;

type Given = Partial<Record<keyof typeof gatewayArgs, string>>;

/** Connects to the gateway that the flags mean. The SDK is loaded here, and by no other command. */
export async function openGateway(given: Given): Promise<GatewayClient> {
  const token = needsValue("token", given.token) ?? (process.env.ARGUS_TOKEN || undefined);
  const where = { url: needsValue("url", given.url), config: needsValue("config", given.config) };
  const url = await gatewayUrl(where, process.env);
  reachDirectly(where.url === undefined ? url : undefined);
  const { connectGateway } = await import("./gateway-client.ts");
  return await connectGateway(url, token);
}
