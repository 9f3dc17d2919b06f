// Reads the JSON-RPC messages of a POST within the limit for bodies.
import { GatewayError } from "../errors.ts";
import type { Message } from "../model.ts";
import { parseBatch } from "../protocol/message.ts";
import { refuse, refuseWith } from "./refusal.ts";

/** Gives the messages (an array for a batch), or the refusal. `limit` is in bytes. */
export async function readMessages(request: Request, limit: number): Promise<Message | Message[] | Response> {
  if (Number(request.headers.get("content-length") ?? 0) > limit) return tooLarge(limit);
  const text = await request.text();
  if (text.length > limit || (text.length * 3 > limit && Buffer.byteLength(text) > limit)) return tooLarge(limit);
  try {
    return parseBatch(text);
  } catch (error) {
    if (error instanceof GatewayError) return refuseWith(error);
    throw error;
  }
}

function tooLarge(limit: number): Response {
  return refuse(413, `the body is over ${limit} bytes (server.limits.body)`);
}
