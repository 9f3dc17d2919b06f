// The raw pass-through, `pass-through.ts PORT CHILDREN COMMAND…`: hands the bytes of POST /mcp to a stdio child and back.
// It is the least that a gateway could cost: no session, no check, no catalog, and no payload is parsed.
import { lineWriter, readLines } from "./lines.ts";

interface Place {
  id: string;
  start: number;
  end: number;
}

/** Finds the id where the bench's client and backend write it: near the front. A notification has none. */
function findId(message: Buffer): Place | undefined {
  const match = /"id":("[^"]*"|\d+)/.exec(message.toString("latin1", 0, Math.min(message.length, 100)));
  if (!match?.[1]) return undefined;
  const end = match.index + match[0].length;
  return { id: match[1], start: end - match[1].length, end };
}

class Child {
  readonly ready: Promise<unknown>;
  readonly #write: (...parts: (string | Uint8Array)[]) => void;
  readonly #waiting = new Map<string, (reply: Buffer) => void>();
  #lastId = 0;

  constructor(command: string[]) {
    const child = Bun.spawn(command, { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
    this.#write = lineWriter(child.stdin);
    void readLines(child.stdout, (line) => this.#receive(line));
    this.ready = this.send(Buffer.from('{"jsonrpc":"2.0","id":0,"method":"initialize","params":{}}'));
  }

  /** Sends a message under an id of this child's own; gives the reply with the caller's id put back. */
  async send(message: Buffer): Promise<Buffer | undefined> {
    const place = findId(message);
    if (!place) {
      this.#write(message);
      return undefined;
    }
    const id = String(++this.#lastId);
    const arrived = new Promise<Buffer>((resolve) => this.#waiting.set(id, resolve));
    this.#write(message.subarray(0, place.start), id, message.subarray(place.end));
    const reply = await arrived;
    const { start, end } = findId(reply) ?? place;
    return Buffer.concat([reply.subarray(0, start), Buffer.from(place.id), reply.subarray(end)]);
  }

  #receive(reply: Buffer): void {
    const id = findId(reply)?.id ?? "";
    this.#waiting.get(id)?.(reply);
    this.#waiting.delete(id);
  }
}

const [port, count, ...command] = Bun.argv.slice(2);
const children = Array.from({ length: Number(count) }, () => new Child(command));
const ready = Promise.all(children.map((child) => child.ready));

Bun.serve({
  hostname: "127.0.0.1",
  port: Number(port),
  idleTimeout: 0,
  async fetch(request) {
    if (request.method !== "POST") return ready.then(() => new Response("ready"));
    const reply = await children[0]?.send(Buffer.from(await request.arrayBuffer()));
    if (!reply) return new Response(null, { status: 202 });
    return new Response(reply, { headers: { "content-type": "application/json" } });
  },
});
