// Checks the headers that repeat parameters of tools (2026-07-28, Transports, x-mcp-header) against the arguments of a call.
import { GatewayError } from "../errors.ts";
import type { JsonObject, Message, Offer, Route } from "../model.ts";
import { pick } from "../protocol/json.ts";
import type { HeaderOf } from "../protocol/modern-request.ts";
import { textOf } from "../protocol/names.ts";
import { type ParamHeader, paramMismatch, validParamHeaders } from "../protocol/param-headers.ts";

export class ModernParams {
  /** The tools of each offer that have such parameters, by original name: most have none. */
  readonly #known = new WeakMap<Offer, ReadonlyMap<string, readonly ParamHeader[]>>();

  /** Throws GatewayError `header_mismatch` where a header is missing or says something else than the arguments. */
  check({ text }: Message, { upstream, original }: Route, header: HeaderOf): void {
    const params = upstream.offer && this.#paramsOf(upstream.offer).get(original);
    if (!params) return;
    // Read anew, since the message was parsed without its long strings.
    const given = JSON.parse(pick(text, ["params", "arguments"]) ?? "{}") as JsonObject;
    const mismatch = paramMismatch(params, given, header);
    if (mismatch) throw new GatewayError("header_mismatch", mismatch);
  }

  #paramsOf(offer: Offer): ReadonlyMap<string, readonly ParamHeader[]> {
    const known = this.#known.get(offer);
    if (known) return known;
    const marked = offer.tools.filter(({ text }) => text.includes('"x-mcp-header"'));
    const found = new Map(marked.map(({ body }) => [textOf(body.name), validParamHeaders(body.inputSchema)]));
    this.#known.set(offer, found);
    return found;
  }
}
