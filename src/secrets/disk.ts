// A file that is replaced whole or not at all, by one process at a time.
import { Database, SQLiteError } from "bun:sqlite";
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { syncFolder, writeNew } from "../disk.ts";
import { describe, GatewayError } from "../errors.ts";

/** How long other writers are waited for, in milliseconds. */
const PATIENCE = 30_000;

/** The text of a file, if there is one. Throws GatewayError `config` when it cannot be read. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new GatewayError("config", `cannot read ${path}: ${describe(error)}`);
  }
}

/**
 * Runs `work` while no other process, and no other call, runs one for this path; `work` does not wait for anything.
 * The lock is one of SQLite's, which ends with its process however that ends; of it an empty file remains. Throws GatewayError `config`.
 */
export async function locked<T>(path: string, work: () => T): Promise<T> {
  using lock = openLock(path);
  await begin(lock, path);
  return work();
}

/** Gives the file this text, readable for its owner alone. What is a link stays one. Throws GatewayError `config`; the file is then as it was. */
export function replaceFile(path: string, text: string): void {
  const target = followed(path);
  const temporary = `${target}.tmp`;
  try {
    // A writer that was killed left it: nobody else writes under the lock.
    rmSync(temporary, { force: true });
    writeNew(temporary, text, 0o600);
    renameSync(temporary, target);
    syncFolder(dirname(target));
  } catch (error) {
    discard(temporary);
    throw new GatewayError("config", `cannot write ${path}: ${describe(error)}`);
  }
}

function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // What kept it from being written is told.
  }
}

function openLock(path: string): Database {
  try {
    const name = `${followed(path)}.lock`;
    mkdirSync(dirname(name), { recursive: true, mode: 0o700 });
    makePrivate(name);
    const lock = new Database(name);
    // Nothing is ever written in it, so there is nothing to roll back.
    lock.run("PRAGMA journal_mode = OFF");
    return lock;
  } catch (error) {
    throw new GatewayError("config", `cannot lock ${path}: ${describe(error)}`);
  }
}

/** SQLite would let others read it. Whoever finds it made already leaves it alone: to close it again would end a lock of this process. */
function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

async function begin(lock: Database, path: string): Promise<void> {
  for (const end = performance.now() + PATIENCE; ; ) {
    try {
      lock.run("BEGIN IMMEDIATE");
      return;
    } catch (error) {
      const busy = error instanceof SQLiteError && error.code === "SQLITE_BUSY";
      if (!busy || performance.now() > end) throw new GatewayError("config", `cannot lock ${path}: ${describe(error)}`);
    }
    await Bun.sleep(5 + 20 * Math.random());
  }
}

/** Where a path leads, also by a link to what is not there yet. */
function followed(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink();
  return isLink ? followed(resolve(dirname(path), readlinkSync(path))) : resolve(path);
}
