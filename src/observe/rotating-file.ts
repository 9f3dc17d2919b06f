// A file that is set aside under a number when it is full: `.1` is the newest of those, and the oldest are deleted.
import type { Destination } from "./appender.ts";

export interface RotatingFileOptions {
  /** Relative to the working directory. */
  path: string;
  /** In bytes; a single text that is longer has a file of its own. */
  limit: number;
  /** How many are kept beside the one that is written. */
  kept: number;
}

/** Makes the file and its directory if need be; it is looked up by its path each time, so that others may move it or share it. */
export async function openRotatingFile({ path, limit, kept }: RotatingFileOptions): Promise<Destination> {
  const { appendFile, mkdir, stat } = await files();
  const append = async (text: string) => {
    const size = await stat(path).then(
      (found) => found.size,
      () => 0,
    );
    if (size > 0 && size + Buffer.byteLength(text) > limit) await setAside(path, kept);
    await appendFile(path, text, { mode: 0o600 });
  };
  await mkdir(Bun.fileURLToPath(new URL(".", Bun.pathToFileURL(path))), { recursive: true });
  // A line that a full disk or a power cut has cut takes no other with it.
  await append((await endsIn(path, "\n")) ? "" : "\n");
  return { path, append, close: () => Promise.resolve() };
}

/** Whether a file ends in this character; one that is empty, or not there yet, does so too. */
async function endsIn(path: string, character: string): Promise<boolean> {
  const file = Bun.file(path);
  return file.size === 0 || (await file.slice(-1).text()) === character;
}

async function setAside(path: string, kept: number): Promise<void> {
  const { rename, rm } = await files();
  const names = [path, ...Array.from({ length: kept }, (_, index) => `${path}.${index + 1}`)];
  await rm(names.at(-1) ?? path, { force: true });
  for (const [index, name] of [...names.entries()].slice(1).reverse()) {
    await rename(names[index - 1] ?? path, name).catch(unlessMissing);
  }
}

function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}

/** Loaded with the first file rather than with the program, of whose start it would take 2 ms. */
function files() {
  return import("node:fs/promises");
}
