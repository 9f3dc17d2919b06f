// Reads the JSON-RPC messages of a POST within the limits for bodies: so many bytes, and a time that lets slow clients come through.
import { GatewayError } from "../errors.ts";
import type { Message } from "../model.ts";
import { parseBatch } from "../protocol/message.ts";
import { Patience } from "./patience.ts";
import { refuse, refuseWith } from "./refusal.ts";

/** What every body has, in milliseconds. */
const PATIENCE = 30_000;

/** What it has in addition for its size: 64 bytes in a millisecond are half a megabit a second. */
const SLOWEST = 64;

/** What is left of a body that nobody will read must not keep the connection busy. */
const CLOSE = { connection: "close" };

/** Gives the messages (an array for a batch), or the refusal. `limit` is in bytes. */
export type ReadMessages = (request: Request, limit: number) => Promise<Message | Message[] | Response>;

/** Makes a reader; `time` is in milliseconds. */
export function bodyReader(time = PATIENCE): ReadMessages {
  const patience = new Patience(time);
  return async (request, limit) => {
    const length = request.headers.get("content-length");
    const size = length === null ? limit : Number(length);
    if (size > limit) return tooLarge(limit);
    // A body that says how long it is cannot be longer: the server reads just as much.
    const reading = length === null ? readChunks(request, limit) : request.text();
    const text = await inTime(reading, patience, size / SLOWEST);
    if (text === LATE) return refuse(408, "the body did not come in time", CLOSE);
    if (text === GONE) return refuse(400, "the body broke off", CLOSE);
    if (text === undefined) return tooLarge(limit);
    try {
      return parseBatch(text);
    } catch (error) {
      if (error instanceof GatewayError) return refuseWith(error);
      throw error;
    }
  };
}

const LATE = Symbol("late");
const GONE = Symbol("gone");

/** Waits for a text until patience is lost, and so many milliseconds more; a client that leaves while it sends is nothing to make a fuss of. */
function inTime<Text>(reading: Promise<Text>, patience: Patience, more: number) {
  return new Promise<Text | typeof LATE | typeof GONE>((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wait = patience.begin(() => {
      timer = setTimeout(() => resolve(LATE), more);
    });
    const end = (text: Text | typeof GONE) => {
      patience.end(wait);
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
