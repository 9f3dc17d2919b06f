// The handshake of the modern era, which is none: the backend is asked what it is, and says so.
import { GatewayError } from "../errors.ts";
import type { Message } from "../model.ts";
import { type Envelope, envelopeOf, TASKS } from "../protocol/envelope.ts";
import { withMeta } from "../protocol/message.ts";
import { headOf } from "../protocol/modern-header.ts";
import { discovery, helloOf, versionsOf } from "../protocol/translate.ts";
import { ALL_VERSIONS, MODERN_VERSION } from "../protocol/version.ts";
import type { Handshake } from "./exchange.ts";
import { OtherEra } from "./other-era.ts";

/** What the gateway says on its own account: all that any client may be capable of, so that lists come whole. */
export function ownEnvelope(version: string): Envelope {
  const able = { sampling: {}, elicitation: { form: {}, url: {} }, roots: {} };
  const capabilities = { ...able, extensions: { [TASKS]: {} } };
  const info = { name: "argus-mcp", version };
  return envelopeOf({ capabilities: JSON.stringify(capabilities), info: JSON.stringify(info) });
}

/** The handshake of the modern era. Throws OtherEra when the answer is not a modern server's, and GatewayError when it is one's that speaks nothing known here. */
export function discover(envelope: Envelope): Handshake {
  return async (ask, timeout) => {
    const asked = withMeta(discovery(), envelope);
    const once = () => ask(asked, { timeout, head: headOf(asked) });
    const first = await once();
    const retried = first.body.error !== undefined && versionsOf(first).includes(MODERN_VERSION);
    const response = retried ? await once() : first;
    return helloOf(response) ?? refuse(response);
  };
}

/** A server that names its versions is to be spoken to in one of them, or not at all (2026-07-28, Protocol Version Negotiation). */
function refuse(response: Message): never {
  const versions = versionsOf(response);
  if (versions.length > 0 && !versions.some((version) => ALL_VERSIONS.includes(version)))
    throw new GatewayError("internal", `speaks only versions that are unknown here: ${versions.join(", ")}`);
  const { result, error } = response.body;
  throw new OtherEra(`does not speak ${MODERN_VERSION}: ${JSON.stringify(error ?? result ?? null)}`);
}
