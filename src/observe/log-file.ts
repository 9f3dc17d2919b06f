// The log file: one for each start, of which the newest 20 are kept; what cannot be written there is shown instead.
import type { FileHandle } from "node:fs/promises";
import { describe } from "../errors.ts";
import { Appender } from "./appender.ts";
import { atLeast, type Entry, entryOf } from "./log.ts";

const KEPT = 20;

/** The names of log files: the time of the start in UTC, and a number where several starts had the same second. */
const NAME = /^argus_(\d{8}_\d{6})(?:_(\d+))?\.log$/;

/** So many characters may wait for the disk. */
const LIMIT = 1024 * 1024;

export class LogFile {
  readonly #show: (entry: Entry) => void;
  readonly #appender: Appender<Entry>;

  /** Makes a new file in `directory`. `show` gets what is a warning or worse, and everything when there is no file. */
  constructor(directory: string, show: (entry: Entry) => void) {
    this.#show = show;
    this.#appender = new Appender({
      limit: LIMIT,
      gathering: 0,
      open: () => newFile(directory),
      missed: (count) => {
        const gap = entryOf("warning", `${count} lines are missing here, which came faster than they were written`);
        show(gap);
        return [gap];
      },
      failed: (error, unwritten, path) => {
        const what = path ? `cannot write to ${path} any more` : `there is no log file in ${directory}`;
        show(entryOf("warning", `${what}, so the log goes to stderr: ${describe(error)}`));
        for (const entry of unwritten) if (!isUrgent(entry)) show(entry);
      },
    });
  }

  /** Resolves with the path of the file, or with undefined when there is none. */
  get opened(): Promise<string | undefined> {
    return this.#appender.opened;
  }

  /** Takes an entry and never waits; of what comes faster than the disk takes it, only the number is kept. */
  write(entry: Entry): void {
    const taken = this.#appender.write(entry);
    if (!taken || isUrgent(entry)) this.#show(entry);
  }

  /** Writes what waits, and closes the file; what comes later is shown. */
  stop(): Promise<void> {
    return this.#appender.stop();
  }
}

function isUrgent({ level }: Entry): boolean {
  return atLeast(level, "warning");
}

async function newFile(directory: string) {
  const { file, name } = await create(directory);
  // Old files that cannot be deleted are no reason to have no new one.
  await deleteOld(directory, name).catch(() => undefined);
  const append = (text: string) => file.appendFile(text);
  return { path: `${directory}/${name}`, append, close: () => file.close() };
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
