// One HTTP response that carries server-sent events, and closes when the client does not read them.

/** For a response that carries events. */
export const EVENT_STREAM: ResponseInit = {
  headers: new Headers({
    "content-type": "text/event-stream",
    "cache-control": "no-store, no-transform",
    "x-content-type-options": "nosniff",
    // Proxies such as nginx would hold events back.
    "x-accel-buffering": "no",
  }),
};

/** What a client that does not read may leave unread before its connection is closed, in bytes. */
const UNREAD_LIMIT = 16 * 1024 * 1024;

/** One HTTP response that carries events. */
export class EventConnection {
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  readonly #gone: () => void;
  readonly response: Response;

  /** `gone` is called when the client has left, or does not read. */
  constructor(gone: () => void) {
    this.#gone = gone;
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        cancel: () => {
          this.#controller = undefined;
          gone();
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: 0 }),
    );
    this.response = new Response(body, EVENT_STREAM);
  }

  get open(): boolean {
    return this.#controller !== undefined;
  }

  /** Writes raw text; closes the connection of a client that does not read. */
  write(text: string): void {
    this.#controller?.enqueue(encoder.encode(text));
    if ((this.#controller?.desiredSize ?? 0) >= -UNREAD_LIMIT) return;
    this.close();
    this.#gone();
  }

  close(): void {
    this.#controller?.close();
    this.#controller = undefined;
  }
}

const encoder = new TextEncoder();
