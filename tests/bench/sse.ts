// A client of HTTP+SSE (MCP 2024-11-05): requests go by POST, replies come on one stream that stays open.
import { createParser } from "eventsource-parser";
import type { Reply } from "./response.ts";
import { initialize, initialized } from "./session.ts";
import { post, Wire } from "./wire.ts";

const accepted = [200, 202, 204];

export class SseWire implements Disposable {
  readonly #abort = new AbortController();
  readonly #endpoint = Promise.withResolvers<string>();
  #waiting: ((reply: Reply) => void) | undefined;
  #wire: Wire | undefined;
  /** Where messages are sent. */
  url: URL;

  private constructor(stream: URL) {
    this.url = stream;
  }

  /** Connects; rejects when there is no such stream. */
  static async connect(stream: URL): Promise<SseWire> {
    const sse = new SseWire(stream);
    const response = await fetch(stream, { headers: { accept: "text/event-stream" }, signal: sse.#abort.signal });
    if (response.status !== 200 || !response.body)
      throw new Error(`GET ${stream} was answered with ${response.status}`);
    void sse.#read(response.body).catch((error) => sse.#endpoint.reject(error));
    sse.url = new URL(await sse.#endpoint.promise, stream);
    sse.#wire = await Wire.connect(sse.url);
    return sse;
  }

  /** Sends a request, and gives what the stream has for it as a reply. */
  async send(request: Buffer): Promise<Reply> {
    const reply = Promise.withResolvers<Reply>();
    this.#waiting = reply.resolve;
    await this.notify(request);
    return await reply.promise;
  }

  /** Sends what has no reply. */
  async notify(message: Buffer): Promise<void> {
    const taken = await this.#wire?.send(message);
    if (!accepted.includes(taken?.status ?? 0)) throw new Error(`a message was answered with ${taken?.status}`);
  }

  [Symbol.dispose](): void {
    this.#abort.abort();
    this.#wire?.[Symbol.dispose]();
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    const parser = createParser({
      onEvent: ({ event, data }) => {
        if (event === "endpoint") this.#endpoint.resolve(data);
        // Servers may also say something unasked.
        else if (/"id":/.test(data)) this.#waiting?.({ status: 200, headers: "", body: Buffer.from(data) });
      },
    });
    for await (const chunk of body) parser.feed(decoder.decode(chunk, { stream: true }));
  }
}

/** Opens a stream and does the handshake on it. */
export async function openSse(stream: URL) {
  const wire = await SseWire.connect(stream);
  const { url } = wire;
  await wire.send(post(url, "", initialize));
  await wire.notify(post(url, "", initialized));
  return { url, headers: "", wire };
}
