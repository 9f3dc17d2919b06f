// The `initialize` exchange with a backend (MCP Lifecycle): what the gateway says of itself, and what it takes for an answer.
import { GatewayError } from "../errors.ts";
import type { Item, Message, Sharing } from "../model.ts";
import { pick } from "../protocol/json.ts";
import { isObject, request } from "../protocol/message.ts";
import { isSupported, LATEST_VERSION } from "../protocol/version.ts";
import type { Handshake } from "./exchange.ts";
import { OtherEra } from "./other-era.ts";

/** The request on a connection that is no single client's: it declares what can be routed to the right one; roots belong to one client only. */
export function ownHello(sharing: Sharing, version: string): Message {
  const roots = sharing === "session" && { roots: { listChanged: true } };
  return request(0, "initialize", {
    protocolVersion: LATEST_VERSION,
    capabilities: { sampling: {}, elicitation: { form: {}, url: {} }, ...roots },
    clientInfo: { name: "argus-mcp", version },
  });
}

/** The handshake of the legacy era, with this `initialize` request. */
export function initialize(hello: Message): Handshake {
  return async (ask, timeout) => helloOf(await ask(hello, { timeout }));
}

/** The backend's result. Throws GatewayError when it refuses, or speaks a version that is unknown here. */
function helloOf(response: Message): Item {
  const { result, error } = response.body;
  if (!isObject(result)) {
    throw new OtherEra(`refused initialize: ${JSON.stringify(error ?? result)}`);
  }
  if (!isSupported(result.protocolVersion)) {
    throw new GatewayError(
      "unavailable",
      `speaks protocol version ${JSON.stringify(result.protocolVersion)}, which is unknown here`,
    );
  }
  return { text: pick(response.text, ["result"]) ?? "{}", body: result };
}
