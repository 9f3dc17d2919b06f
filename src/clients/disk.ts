// Files of other programs, as bytes: read as text, and written so that they are there whole or not at all.
import { createHash } from "node:crypto";
import { chmodSync, chownSync, readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { writeNew } from "../disk.ts";
import { describe, GatewayError } from "../errors.ts";

/** The bytes of a file, or nothing where there is none. Throws GatewayError `config`. */
export function bytesOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new GatewayError("config", `cannot read ${path}: ${describe(error)}`);
  }
}

/** The text of a file, or nothing where there is none; a byte order mark is part of it. Throws GatewayError `config`. */
export function readFile(path: string): string | undefined {
  const bytes = bytesOf(path);
  return bytes && textOf(bytes, path);
}

/** Throws GatewayError `config` for what is no text. */
export function textOf(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new GatewayError("config", `${path} is not UTF-8`);
  }
}

/** Makes a file that is not there yet, with mode and owner of the other one, else for the owner alone: it may hold a token. */
export function writeLike(path: string, bytes: Buffer, like: string | undefined): void {
  const model = like === undefined ? undefined : statSync(like);
  const mode = (model?.mode ?? 0o600) & 0o777;
  writeNew(path, bytes, mode);
  if (model && model.uid !== process.getuid?.()) chownSync(path, model.uid, model.gid);
  // The mask of the process counted when it was made.
  chmodSync(path, mode);
}

/** The names in a folder; none where there is no such folder. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Tells contents apart. */
export function digest(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 12);
}

/** The file that a path leads to, also through a link to what is not there yet. */
export function followed(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return linked(path) ?? resolve(path);
  }
}

function linked(path: string): string | undefined {
  try {
    return resolve(dirname(path), readlinkSync(path));
  } catch {
    return undefined;
  }
}
