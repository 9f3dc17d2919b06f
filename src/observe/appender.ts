// Lines on their way to a file: in order and soon, bounded while they wait, and given back when they cannot be written.

export interface Destination {
  /** What it is called in messages. */
  readonly path: string;
  append(text: string): Promise<unknown>;
  close(): Promise<unknown>;
}

export interface AppenderOptions<Item> {
  /** So many characters may wait for the disk. */
  limit: number;
  /** How long a line waits for others to be written with, in milliseconds. */
  gathering: number;
  open(): Promise<Destination>;
  /** Told that so many lines came faster than they were written; gives what stands for them in the file. */
  missed(count: number): readonly Item[];
  /** From now on nothing is written: why, what was not, and the path, where there ever was a file. */
  failed(error: unknown, unwritten: readonly Item[], path: string | undefined): void;
}

/** How long the end waits for the disk, in milliseconds. */
const PATIENCE = 1_000;

export class Appender<Item extends { readonly line: string }> {
  /** Resolves with the path of the file, or with undefined when there is none. */
  readonly opened: Promise<string | undefined>;
  readonly #options: AppenderOptions<Item>;
  readonly #ending = Promise.withResolvers<void>();
  #destination: Destination | undefined;
  /** Whether there is a file, or will be. */
  #usable = true;
  #written: readonly Item[] = [];
  #waiting: Item[] = [];
  #size = 0;
  #missing = 0;
  #writing: Promise<void> | undefined;

  constructor(options: AppenderOptions<Item>) {
    this.#options = options;
    this.opened = this.#open();
  }

  /** Takes a line and never waits; of what comes faster than the disk takes it, only the number is kept. False where nothing is written any more. */
  write(item: Item): boolean {
    if (!this.#usable) return false;
    if (this.#size > this.#options.limit) {
      this.#missing++;
      return true;
    }
    this.#size += item.line.length;
    this.#waiting.push(item);
    this.#writing ??= this.#drain();
    return true;
  }

  /** Writes what waits and closes the file; what a disk that hangs has not taken is given back. */
  async stop(): Promise<void> {
    this.#ending.resolve();
    const written = this.opened.then(() => this.#writing).then(() => true);
    const late = Bun.sleep(PATIENCE).then(() => false);
    if (await Promise.race([written, late])) await this.#close();
    else this.#fail(new Error("the disk does not answer"));
  }

  async #open(): Promise<string | undefined> {
    try {
      this.#destination = await this.#options.open();
      return this.#destination.path;
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  async #drain(): Promise<void> {
    await this.opened;
    while (this.#destination && this.#waiting.length > 0) {
      if (this.#options.gathering > 0) await Promise.race([Bun.sleep(this.#options.gathering), this.#ending.promise]);
      this.#written = this.#take();
      try {
        await this.#destination.append(this.#written.map(({ line }) => `${line}\n`).join(""));
        this.#written = [];
      } catch (error) {
        this.#fail(error);
      }
    }
    this.#writing = undefined;
  }

  #take(): Item[] {
    const items = this.#waiting;
    if (this.#missing > 0) items.push(...this.#options.missed(this.#missing));
    this.#waiting = [];
    this.#size = 0;
    this.#missing = 0;
    return items;
  }

  #fail(error: unknown): void {
    if (!this.#usable) return;
    const path = this.#destination?.path;
    void this.#close();
    this.#options.failed(error, [...this.#written, ...this.#take()], path);
  }

  async #close(): Promise<void> {
    const destination = this.#destination;
    this.#usable = false;
    this.#destination = undefined;
    await destination?.close().catch(() => undefined);
  }
}
