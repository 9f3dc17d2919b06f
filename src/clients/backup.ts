// Replaces files of other programs: never without a backup, all at once, and so that it can be undone.
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, GatewayError } from "../errors.ts";
import { bytesOf, digest, followed, namesIn, textOf, writeLike } from "./disk.ts";

/** Another program may write at the same time; so often its version is taken as the new beginning. */
const ATTEMPTS = 5;

/** The end of the name of an empty backup: there was no file. */
const NONE = "-none";

export interface Replaced {
  /** Whether there was anything to change. */
  changed: boolean;
  /** The backup, where there was a file before. */
  backup?: string;
}

export interface Restored {
  /** Whether the file is gone now, since there was none before. */
  removed: boolean;
  /** The backup of what was there, where that was not what had been written. */
  kept?: string;
}

export interface ReplaceOptions {
  /** For the name of the backup. */
  now?: Date;
  /** False where nobody will undo it: what was not there before then leaves no mark. */
  undo?: boolean;
}

/** Gives the file the text that `edit` makes of the present one. A link stays a link; mode and owner stay. Throws GatewayError `config`; the file is then as it was. */
export function replaceFile(
  path: string,
  edit: (text: string | undefined) => string,
  { now = new Date(), undo = true }: ReplaceOptions = {},
): Replaced {
  const target = followed(path);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = bytesOf(target);
    const after = Buffer.from(edit(before && textOf(before, path)));
    if (before?.equals(after)) return { changed: false };
    const backup = writing(path, () => replace(target, before, after, now));
    if (backup === undefined) continue;
    if (!before && !undo) rmSync(backup, { force: true });
    return { changed: true, ...(before && { backup }) };
  }
  throw new GatewayError("config", `${path} is being written all the time by somebody else; try again`);
}

/** Puts the newest backup back, byte for byte. Throws GatewayError `config` when there is none, or, unless forced, when the file was changed since. */
export function restoreFile(path: string, force = false, now = new Date()): Restored {
  const target = followed(path);
  const backup = newestBackup(target);
  if (backup === undefined) throw new GatewayError("config", `there is no backup of ${path}`);
  const current = bytesOf(target);
  const foreign = current && digest(current) !== /-(\w*)(?:-none)?$/.exec(backup)?.[1] ? current : undefined;
  if (foreign && !force) {
    const advice = "remove the entry alone, or give --force, which keeps a backup of the file as it is now";
    throw new GatewayError("config", `${path} was changed since, and undoing would lose that; ${advice}`);
  }
  return writing(path, () => {
    const kept = foreign && keep(target, foreign, digest(bytesOf(backup) ?? Buffer.alloc(0)), now);
    const removed = backup.endsWith(NONE);
    if (removed) rmSync(target, { force: true });
    if (removed) rmSync(backup);
    else renameSync(backup, target);
    return { removed, ...(kept && { kept }) };
  });
}

function newestBackup(target: string): string | undefined {
  const prefix = `${basename(target)}.bak-`;
  const names = namesIn(dirname(target)).filter((name) => name.startsWith(prefix));
  const newest = names.sort().at(-1);
  return newest && join(dirname(target), newest);
}

/** Gives the backup, or nothing where the file is not what it was any more. */
function replace(target: string, before: Buffer | undefined, after: Buffer, now: Date): string | undefined {
  mkdirSync(dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}.tmp`;
  const backup = keep(target, before, digest(after), now);
  try {
    writeLike(temporary, after, before && target);
    const present = bytesOf(target);
    const same = before ? present?.equals(before) : present === undefined;
    if (same) renameSync(temporary, target);
    else rmSync(backup);
    return same ? backup : undefined;
  } catch (error) {
    rmSync(backup, { force: true });
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** The name tells when it was made, as which one of that moment, and what came after it. */
function keep(target: string, before: Buffer | undefined, next: string, now: Date): string {
  const moment = `${basename(target)}.bak-${now.toISOString().replace(/[-:.Z]/g, "")}`;
  const earlier = namesIn(dirname(target)).filter((name) => name.startsWith(moment)).length;
  const number = String(earlier).padStart(2, "0");
  const path = join(dirname(target), `${moment}${number}-${next}${before ? "" : NONE}`);
  writeLike(path, before ?? Buffer.alloc(0), before && target);
  return path;
}

function writing<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw new GatewayError("config", `cannot write ${path}: ${describe(error)}`);
  }
}
