// Reads the JSON-RPC messages of a POST within the limits for bodies: so many bytes, and a time that lets slow clients come through.
import { GatewayError } from "../errors.ts";
import type { Message } from "../model.ts";
import { parseBatch } from "../protocol/message.ts";
import { refuse, refuseWith } from "./refusal.ts";

/** What every body has, in milliseconds. */
const PATIENCE = 30_000;

/** What it has in addition for its size: 64 bytes in a millisecond are half a megabit a second. */
const SLOWEST = 64;

/** What is left of a body that nobody will read must not keep the connection busy. */
const CLOSE = { connection: "close" };

/** Gives the messages (an array for a batch), or the refusal. `limit` is in bytes, `patience` in milliseconds. */
export async function readMessages(
  request: Request,
  limit: number,
  patience = PATIENCE,
): Promise<Message | Message[] | Response> {
  const length = request.headers.get("content-length");
  const size = length === null ? limit : Number(length);
  if (size > limit) return tooLarge(limit);
  // A body that says how long it is cannot be longer: the server reads just as much.
  const text = await inTime(length === null ? readChunks(request, limit) : request.text(), patience + size / SLOWEST);
  if (text === LATE) return refuse(408, "the body did not come in time", CLOSE);
  if (text === GONE) return refuse(400, "the body broke off", CLOSE);
  if (text === undefined) return tooLarge(limit);
  try {
    return parseBatch(text);
  } catch (error) {
    if (error instanceof GatewayError) return refuseWith(error);
    throw error;
  }
}

const LATE = Symbol("late");
const GONE = Symbol("gone");

/** Waits so many milliseconds for a text; a client that leaves while it sends is nothing to make a fuss of. */
function inTime<Text>(reading: Promise<Text>, time: number): Promise<Text | typeof LATE | typeof GONE> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(LATE), time);
    const end = (text: Text | typeof GONE) => {
      clearTimeout(timer);
      resolve(text);
    };
    reading.then(end, () => end(GONE));
  });
}

/** Gives nothing for a body over the limit, and reads no more of it than that. */
async function readChunks(request: Request, limit: number): Promise<string | undefined> {
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

function tooLarge(limit: number): Response {
  return refuse(413, `the body is over ${limit} bytes (server.limits.body)`, CLOSE);
}
