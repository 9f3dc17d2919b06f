// The handshake of the modern era, which is none: the backend is asked what it is, and says so.
import { type Envelope, enveloped, envelopeOf } from "../protocol/envelope.ts";
import { headOf } from "../protocol/param-headers.ts";
import { discovery, helloOf } from "../protocol/translate.ts";
import { MODERN_VERSION } from "../protocol/version.ts";
import type { Handshake } from "./exchange.ts";
import { OtherEra } from "./other-era.ts";

/** What the gateway says on its own account: all that any client may be capable of, so that lists come whole. */
export function ownEnvelope(version: string): Envelope {
  const capabilities = { sampling: {}, elicitation: { form: {}, url: {} }, roots: {} };
  return envelopeOf({ capabilities, info: JSON.stringify({ name: "argus-mcp", version }) });
}

/** The handshake of the modern era. Throws OtherEra when the answer is not a modern server's. */
export function discover(envelope: Envelope): Handshake {
  return async (ask, timeout) => {
    const asked = enveloped(discovery(), envelope);
    const response = await ask(asked, { timeout, head: headOf(asked) });
    const hello = helloOf(response);
    if (hello) return hello;
    const { result, error } = response.body;
    throw new OtherEra(`does not speak ${MODERN_VERSION}: ${JSON.stringify(error ?? result ?? null)}`);
  };
}
