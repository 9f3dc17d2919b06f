// Watches the configuration file: tells once an edit has come to rest, whichever way the editor wrote it.
import { type FSWatcher, statSync, watch } from "node:fs";
import { basename, dirname, resolve } from "node:path";

/** An edit often comes in several writes; after so many milliseconds of silence it is taken for whole. */
const REST = 100;
/** Network and container mounts tell nothing of changes, so the file is also looked at now and then, in milliseconds. */
const LOOK = 2_000;

/** Calls `changed` after each edit since `readAt` (milliseconds since 1970), also when the file is replaced by another one; the returned function ends that. */
export function watchConfig(file: string, readAt: number, changed: () => void): () => void {
  const path = resolve(file);
  let seen = stampOf(path, readAt);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const rested = () => {
    timer = undefined;
    const stamp = stampOf(path);
    // Gone for a moment, as many editors write; or told twice of one edit.
    if (stamp === undefined || stamp === seen) return;
    seen = stamp;
    changed();
  };
  const touched = () => {
    clearTimeout(timer);
    timer = setTimeout(rested, REST);
  };
  const watcher = watchFolder(path, touched);
  const look = setInterval(() => stampOf(path) !== seen && timer === undefined && touched(), LOOK);
  look.unref();
  if (seen === undefined) touched();
  return () => {
    clearTimeout(timer);
    watcher?.close();
    clearInterval(look);
  };
}

/** Editors replace the file, and Kubernetes a link beside it, so it is the folder that is watched. */
function watchFolder(path: string, touched: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(dirname(path), { persistent: false }, (_, name) => {
      if (name === null || name === basename(path) || name.startsWith("..")) touched();
    });
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    // The system has no watches left; looking now and then is enough.
    return undefined;
  }
}

/** What an edit changes, whatever else it does; nothing for a file that is not there, or was edited later than `before`. */
function stampOf(path: string, before = Number.POSITIVE_INFINITY): string | undefined {
  try {
    const { ino, size, mtimeNs, mtimeMs } = statSync(path, { bigint: true });
    return Number(mtimeMs) < before ? [ino, size, mtimeNs].join() : undefined;
  } catch {
    return undefined;
  }
}
