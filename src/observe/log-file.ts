// The log file: one for each start, of which the newest 20 are kept; what cannot be written there is shown instead.
import type { FileHandle } from "node:fs/promises";
import { describe } from "../errors.ts";
import { atLeast, type Entry, entryOf } from "./log.ts";

const KEPT = 20;

/** The names of log files: the time of the start in UTC, and a number where several starts had the same second. */
const NAME = /^argus_(\d{8}_\d{6})(?:_(\d+))?\.log$/;

/** So many characters may wait for the disk. */
const LIMIT = 1024 * 1024;

/** How long the end waits for the disk, in milliseconds. */
const PATIENCE = 1_000;

export class LogFile {
  /** Resolves with the path of the file, or with undefined when there is none. */
  readonly opened: Promise<string | undefined>;
  readonly #show: (entry: Entry) => void;
  #file: FileHandle | undefined;
  /** Whether there is a file, or will be. */
  #usable = true;
  #waiting: Entry[] = [];
  #size = 0;
  #missing = 0;
  #writing: Promise<void> | undefined;

  /** Makes a new file in `directory`. `show` gets what is a warning or worse, and everything when there is no file. */
  constructor(directory: string, show: (entry: Entry) => void) {
    this.#show = show;
    this.opened = this.#open(directory);
  }

  /** Takes an entry and never waits; of what comes faster than the disk takes it, only the number is kept. */
  write(entry: Entry): void {
    if (!this.#usable || isUrgent(entry)) this.#show(entry);
    if (!this.#usable) return;
    if (this.#size > LIMIT) {
      this.#missing++;
      return;
    }
    this.#size += entry.line.length;
    this.#waiting.push(entry);
    this.#writing ??= this.#drain();
  }

  /** Writes what waits, unless the disk hangs, and closes the file; what comes later is shown. */
  async stop(): Promise<void> {
    const closed = this.opened.then(() => this.#writing).then(() => this.#close());
    await Promise.race([closed, Bun.sleep(PATIENCE)]);
  }

  async #open(directory: string): Promise<string | undefined> {
    try {
      const { file, name } = await create(directory);
      this.#file = file;
      // Old files that cannot be deleted are no reason to have no new one.
      await deleteOld(directory, name).catch(() => undefined);
      return `${directory}/${name}`;
    } catch (error) {
      this.#fail(`there is no log file in ${directory}, so the log goes to stderr: ${describe(error)}`);
      return undefined;
    }
  }

  async #drain(): Promise<void> {
    const path = await this.opened;
    while (this.#file && this.#waiting.length > 0) {
      const entries = this.#take();
      try {
        await this.#file.appendFile(entries.map(({ line }) => `${line}\n`).join(""));
      } catch (error) {
        this.#waiting = [...entries, ...this.#waiting];
        this.#fail(`cannot write to ${path} any more, so the log goes to stderr: ${describe(error)}`);
      }
    }
    this.#writing = undefined;
  }

  #take(): Entry[] {
    const entries = this.#waiting;
    if (this.#missing > 0) {
      const gap = entryOf(
        "warning",
        `${this.#missing} lines are missing here, which came faster than they were written`,
      );
      this.#show(gap);
      entries.push(gap);
    }
    this.#waiting = [];
    this.#size = 0;
    this.#missing = 0;
    return entries;
  }

  /** From now on there is no file: what was to be written, and was not shown yet, is shown. */
  #fail(message: string): void {
    void this.#close();
    this.#show(entryOf("warning", message));
    for (const entry of this.#take()) if (!isUrgent(entry)) this.#show(entry);
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#usable = false;
    this.#file = undefined;
    await file?.close().catch(() => undefined);
  }
}

function isUrgent({ level }: Entry): boolean {
  return atLeast(level, "warning");
}

/** Creates a file under the first name that is free. */
async function create(directory: string): Promise<{ file: FileHandle; name: string }> {
  const { mkdir, open } = await files();
  await mkdir(directory, { recursive: true });
  const time = new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "_");
  for (let number = 1; ; number++) {
    const name = `argus_${time}${number === 1 ? "" : `_${number}`}.log`;
    try {
      return { name, file: await open(`${directory}/${name}`, "ax", 0o600) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

/** Deletes all log files but the newest and the one just made, however old the clock makes it look. */
async function deleteOld(directory: string, made: string): Promise<void> {
  const { readdir, unlink } = await files();
  const others = (await readdir(directory)).filter((name) => NAME.test(name) && name !== made);
  const old = others.sort((a, b) => (ageOf(a) < ageOf(b) ? 1 : -1)).slice(KEPT - 1);
  await Promise.all(old.map((name) => unlink(`${directory}/${name}`)));
}

/** What sorts names by age: in alphabetical order _10 would come before _2. */
function ageOf(name: string): string {
  const [, time = "", number = "1"] = NAME.exec(name) ?? [];
  return time + number.padStart(9, "0");
}

/** Loaded with the first file rather than with the program, of whose start it would take 2 ms. */
function files() {
  return import("node:fs/promises");
}
