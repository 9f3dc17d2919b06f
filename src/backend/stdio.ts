// The stdio transport: a process that speaks lines of JSON on its standard streams.
import { describe, GatewayError } from "../errors.ts";
import { LineSplitter } from "./lines.ts";
import { type Child, type ProcessOptions, spawnChild } from "./process.ts";
import { MESSAGE_LIMIT, type Traffic, type Transport, type TransportEvents } from "./transport.ts";

/** What may wait for a process that does not read its input, in characters. */
const QUEUE_LIMIT = 64 * 1024 * 1024;

/** How much is written at once, in characters. */
const BATCH = 64 * 1024;

/** How long the last output of an ended process, or its end after its last output, may take to arrive, in milliseconds. */
const MOMENT = 200;

export class StdioTransport implements Transport {
  #child: Child | undefined;
  #queue: string[] = [];
  #queued = 0;
  #writing = false;
  #closing = false;

  constructor(
    private readonly options: Omit<ProcessOptions, "stdout">,
    private readonly traffic: Traffic,
  ) {}

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async open(events: TransportEvents): Promise<void> {
    const child = spawnChild({ ...this.options, stdout: "pipe" });
    this.#child = child;
    void this.#read(child, events);
  }

  send(text: string): void {
    if (this.#queued + text.length > QUEUE_LIMIT) throw new GatewayError("unavailable", "it does not read its input");
    this.#queue.push(text);
    this.#queued += text.length;
    if (this.#writing) return;
    this.#writing = true;
    // After the sockets that are ready now were read: what came on all of them goes out in one write.
    setImmediate(() => void this.#write());
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#child?.stop();
  }

  /** Writes what came in the meantime, small messages together, and waits while the pipe is full. */
  async #write(): Promise<void> {
    const stdin = this.#child?.stdin;
    try {
      while (stdin && this.#queue.length > 0) {
        const bytes = Buffer.from(this.#nextBatch());
        this.traffic.sent += bytes.length;
        stdin.write(bytes);
        await stdin.flush();
      }
    } catch {
      // The pipe broke: the end of stdout tells why.
    }
    this.#writing = false;
  }

  #nextBatch(): string {
    let count = 0;
    let size = 0;
    while (count < this.#queue.length && size < BATCH) size += this.#queue[count++]?.length ?? 0;
    this.#queued -= size;
    return `${this.#queue.splice(0, count).join("\n")}\n`;
  }

  async #read(child: Child, events: TransportEvents): Promise<void> {
    // A process may end while one that it started holds its output open, or close its output and live on: both are the end of the link.
    const moment = () => Bun.sleep(MOMENT).then(() => undefined);
    const reason = await Promise.race([this.#pump(child, events), child.exited.then(moment)]);
    if (this.#closing) return;
    this.#closing = true;
    const ended = reason ?? (await Promise.race([child.exited, moment()])) ?? "closed its output";
    events.closed(new GatewayError("unavailable", ended));
  }

  /** Reads lines until the stream ends; gives the reason when that is not simply the end. */
  async #pump(child: Child, events: TransportEvents): Promise<string | undefined> {
    const lines = new LineSplitter((line) => events.message(line), MESSAGE_LIMIT);
    try {
      for await (const chunk of child.stdout) {
        this.traffic.received += chunk.length;
        lines.push(chunk);
      }
      return undefined;
    } catch (error) {
      return `sent ${describe(error)}`;
    }
  }
}
