// Asks a legacy client what a modern server wants to know before it goes on with that client's call.
import { GatewayError } from "../errors.ts";
import type { Caller, Cancellation } from "../model.ts";
import { missingCapability } from "../protocol/capability.ts";
import { pick } from "../protocol/json.ts";
import { isObject } from "../protocol/message.ts";
import { textOf } from "../protocol/names.ts";
import { type InputRequest, withdrawal } from "../protocol/translate.ts";

/** Gives the client's answers as JSON text by key, all asked for at the same time. Throws GatewayError when one is not to be had; the others are withdrawn. */
export async function ask(
  requests: readonly InputRequest[],
  caller: Caller,
  signal?: Cancellation,
): Promise<Record<string, string>> {
  if (signal?.aborted) throw new GatewayError("cancelled", "cancelled by the client");
  for (const { request } of requests) mustDeclare(request, caller);
  const withdrawn = new AbortController();
  const withdraw = (reason: string) => withdrawn.abort(withdrawal(reason));
  const cancelled = () => withdraw("the call was cancelled");
  signal?.addEventListener("abort", cancelled);
  try {
    return Object.fromEntries(
      await Promise.all(requests.map(async (each) => [each.key, await answerTo(each, caller, withdrawn.signal)])),
    );
  } catch (error) {
    withdraw("the call has failed");
    throw signal?.aborted ? new GatewayError("cancelled", "cancelled by the client") : error;
  } finally {
    signal?.removeEventListener("abort", cancelled);
  }
}

function mustDeclare(request: InputRequest["request"], { session }: Caller): void {
  const missing = missingCapability(request, session.capabilities);
  if (missing) throw new GatewayError("invalid_request", `asks for ${missing.name}, which the client does not support`);
}

/** The modern era has no word for a client's error: the call that it belongs to fails with it. */
async function answerTo({ request }: InputRequest, caller: Caller, signal: AbortSignal): Promise<string> {
  const response = await caller.ask(request, { signal, progress() {} });
  const { error } = response.body;
  const answer = pick(response.text, ["result"]);
  if (answer !== undefined) return answer;
  const message = isObject(error) ? textOf(error.message) : "no result";
  throw new GatewayError(
    "invalid_request",
    `asked ${request.body.method}, which the client refused: ${message}`,
    error,
  );
}
