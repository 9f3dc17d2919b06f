// Reads the body of a POST within its limit, and makes it JSON in any case.
import { ApiError } from "./errors.ts";

/** Bytes. */
const LIMIT = 64 * 1024;

/** The same request with a body that is said to be JSON: where there is none, an empty object. Throws ApiError `payload_too_large`. */
export async function withBody({ url, method, headers, body }: Request): Promise<Request> {
  if (Number(headers.get("content-length")) > LIMIT) throw tooLarge();
  const text = await readText(body);
  return new Request(url, { method, headers: { "content-type": "application/json" }, body: text.trim() || "{}" });
}

/** Reads no more than is allowed, whatever was said about the length. */
async function readText(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > LIMIT) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function tooLarge(): ApiError {
  return new ApiError("payload_too_large", `the body is over ${LIMIT} bytes`);
}
