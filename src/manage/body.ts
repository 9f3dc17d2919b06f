// Reads the body of a POST within its limits, and makes it JSON in any case.
import { ApiError } from "./errors.ts";

/** Bytes. */
const LIMIT = 64 * 1024;

/** Milliseconds. */
const PATIENCE = 30_000;

/** What is left of a body that nobody will read must not keep the connection busy. */
const CLOSE = { headers: { connection: "close" } };

/** A request for `url` with a body that is said to be JSON: where there is none, an empty object. Throws ApiError `payload_too_large` or, when it does not come within `patience` milliseconds, `bad_request`. */
export async function withBody({ method, headers, body }: Request, url: string, patience = PATIENCE): Promise<Request> {
  if (Number(headers.get("content-length")) > LIMIT) throw tooLarge();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(broken("did not come in time")), patience);
  try {
    const text = await Promise.race([readText(body), late.promise]);
    return new Request(url, { method, headers: { "content-type": "application/json" }, body: text.trim() || "{}" });
  } finally {
    clearTimeout(timer);
  }
}

/** Reads no more than is allowed, whatever was said about the length. */
async function readText(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of unbroken(body)) {
    size += chunk.byteLength;
    if (size > LIMIT) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** A client that leaves while it sends is nothing to make a fuss of. */
async function* unbroken(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  try {
    yield* body ?? [];
  } catch {
    throw broken("broke off");
  }
}

function broken(how: string): ApiError {
  return new ApiError("bad_request", `the body ${how}`, CLOSE);
}

function tooLarge(): ApiError {
  return new ApiError("payload_too_large", `the body is over ${LIMIT} bytes`, CLOSE);
}
