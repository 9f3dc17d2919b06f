// Reads the JSON-RPC messages of a POST within the limit for bodies.
import { GatewayError } from "../errors.ts";
import type { Message } from "../model.ts";
import { parseBatch } from "../protocol/message.ts";
import { refuse, refuseWith } from "./refusal.ts";

/** Gives the messages (an array for a batch), or the refusal. `limit` is in bytes. */
export async function readMessages(request: Request, limit: number): Promise<Message | Message[] | Response> {
  const text = await readText(request, limit);
  if (text === undefined) return refuse(413, `the body is over ${limit} bytes (server.limits.body)`);
  try {
    return parseBatch(text);
  } catch (error) {
    if (error instanceof GatewayError) return refuseWith(error);
    throw error;
  }
}

/** Gives nothing for a body over the limit, and reads no more of it than that. */
async function readText(request: Request, limit: number): Promise<string | undefined> {
  const length = request.headers.get("content-length");
  // A body that says how long it is cannot be longer: the server reads just as much.
  if (length !== null) return Number(length) > limit ? undefined : request.text();
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > limit) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
