// Cuts HTTP/1.1 responses out of the bytes of one keep-alive connection.

export interface Reply {
  status: number;
  /** The header block as it came. */
  headers: string;
  /** A view of the connection's buffer: valid until the next request on it. */
  body: Buffer;
}

interface Head {
  status: number;
  headers: string;
  /** Where the body begins. */
  start: number;
  /** The body's length; absent when it comes in chunks. */
  length: number | undefined;
}

const lineEnd = "\r\n";
const blockEnd = "\r\n\r\n";

function parseHead(headers: string, start: number): Head {
  const status = Number(headers.slice(9, 12));
  const length = /^content-length: *(\d+)/im.exec(headers)?.[1];
  const chunked = /^transfer-encoding: *chunked/im.test(headers);
  return { status, headers, start, length: chunked ? undefined : Number(length ?? 0) };
}

export class ResponseReader {
  #bytes = Buffer.allocUnsafe(1 << 12);
  #filled = 0;
  #head: Head | undefined;
  /** The next chunk's size line, and where its data goes: chunks are moved together in place. */
  #next = 0;
  #end = 0;

  /** Takes what the socket received; gives the response when it is complete. */
  push(chunk: Uint8Array): Reply | undefined {
    this.#append(chunk);
    const head = this.head();
    if (!head) return undefined;
    const end = head.length === undefined ? this.#joinChunks() : head.start + head.length;
    if (end === undefined || end > this.#filled) return undefined;
    this.#filled = 0;
    this.#head = undefined;
    return { status: head.status, headers: head.headers, body: this.#bytes.subarray(head.start, end) };
  }

  /** The head of the response under way, as soon as it has come whole. */
  head(): Head | undefined {
    if (this.#head) return this.#head;
    const end = this.#view().indexOf(blockEnd);
    if (end < 0) return undefined;
    const start = end + blockEnd.length;
    this.#head = parseHead(this.#bytes.toString("latin1", 0, end), start);
    this.#next = this.#end = start;
    return this.#head;
  }

  /** Joins the chunks that are complete; gives the body's end once the last one has come. */
  #joinChunks(): number | undefined {
    for (;;) {
      const sizeEnd = this.#view().indexOf(lineEnd, this.#next);
      if (sizeEnd < 0) return undefined;
      const size = Number.parseInt(this.#bytes.toString("latin1", this.#next, sizeEnd), 16);
      const start = sizeEnd + lineEnd.length;
      const next = start + size + lineEnd.length;
      if (next > this.#filled) return undefined;
      if (size === 0) return this.#end;
      this.#bytes.copyWithin(this.#end, start, start + size);
      this.#end += size;
      this.#next = next;
    }
  }

  #append(chunk: Uint8Array): void {
    const needed = this.#filled + chunk.length;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(2 * needed);
      larger.set(this.#view());
      this.#bytes = larger;
    }
    this.#bytes.set(chunk, this.#filled);
    this.#filled = needed;
  }

  #view(): Buffer {
    return this.#bytes.subarray(0, this.#filled);
  }
}
