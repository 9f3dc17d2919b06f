// Writes files so that they are on the disk, and not only on the way there, when somebody relies on it.
import { closeSync, constants, fsyncSync, openSync, writeFileSync } from "node:fs";

/** Makes a file that is not there yet; the mask of the process counts for its mode. Throws an Error of the system. */
export function writeNew(path: string, content: string | Uint8Array, mode = 0o666): void {
  // Windows knows no links to follow here.
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = constants;
  const file = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Without this a new name in the folder could be lost with the power. Throws an Error of the system. */
export function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
