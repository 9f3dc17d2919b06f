// A lean HTTP/1.1 client, one request at a time on one kept connection, so that the bench measures servers, not clients.
import type { Socket } from "bun";
import { type Reply, ResponseReader } from "./response.ts";

/** Writes a POST of JSON to `/mcp`, or to another path that the URL has; `headers` are whole lines, each with its line end. */
export function post(url: URL, headers: string, body: string): Buffer {
  return Buffer.from(
    `POST ${url.pathname === "/" ? "/mcp" : url.pathname + url.search} HTTP/1.1\r\nHost: ${url.host}\r\nContent-Type: application/json\r\n` +
      `Accept: application/json, text/event-stream\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** Writes a GET. */
export function get(url: URL, path: string, headers = ""): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${url.host}\r\nAccept: text/event-stream, */*\r\n${headers}\r\n`);
}

interface Waiting {
  /** Whether the head of the response is enough. */
  headOnly: boolean;
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

export class Wire implements Disposable {
  readonly #reader = new ResponseReader();
  #socket: Socket | undefined;
  #unsent: Buffer = Buffer.alloc(0);
  #waiting: Waiting | undefined;

  /** Connects; rejects when the connection is refused. */
  static async connect(url: URL): Promise<Wire> {
    const wire = new Wire();
    wire.#socket = await Bun.connect({
      hostname: url.hostname,
      port: Number(url.port),
      socket: {
        open: (socket) => void socket.setNoDelay(true),
        data: (_, chunk) => wire.#receive(chunk),
        drain: () => wire.#flush(),
        error: (_, error) => wire.#fail(error),
        close: () => wire.#fail(new Error("the server closed the connection")),
      },
    });
    return wire;
  }

  /** Sends a request and gives its whole response. */
  send(request: Buffer): Promise<Reply> {
    return this.#exchange(request, false);
  }

  /** Sends a request whose response stays open, and gives the response's head. */
  open(request: Buffer): Promise<Reply> {
    return this.#exchange(request, true);
  }

  [Symbol.dispose](): void {
    this.#socket?.end();
  }

  #exchange(request: Buffer, headOnly: boolean): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#waiting = { headOnly, resolve, reject };
      this.#unsent = request;
      this.#flush();
    });
  }

  #flush(): void {
    const written = this.#socket?.write(this.#unsent) ?? -1;
    if (written < 0) this.#fail(new Error("the server closed the connection"));
    else this.#unsent = this.#unsent.subarray(written);
  }

  #receive(chunk: Uint8Array): void {
    const reply = this.#reader.push(chunk);
    if (reply) this.#answer(reply);
    else if (this.#waiting?.headOnly) {
      const head = this.#reader.head();
      if (head) this.#answer({ ...head, body: Buffer.alloc(0) });
    }
  }

  #answer(reply: Reply): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(reply);
  }

  #fail(error: Error): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(error);
  }
}
