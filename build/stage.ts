// Lays out what the executable for one platform is made from: the source, and of bun.lock exactly the packages that this platform takes.
import { cp, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { bun } from "./bun.ts";
import type { Target } from "./targets.ts";

const SOURCE = ["src", "package.json", "bun.lock", "tsconfig.json"];

/** Replaces `directory`. The packages are from the registry that Bun is set up for, or its cache, and checked against bun.lock. */
export async function stage(root: string, { os, cpu, libc }: Target, directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  for (const name of SOURCE) await cp(join(root, name), join(directory, name), { recursive: true });
  const platform = [`--os=${os}`, `--cpu=${cpu}`, `--libc=${libc}`];
  // The script of the package `bun` would put this machine's runtime where the wanted one is.
  await bun(directory, ["install", "--frozen-lockfile", "--production", "--ignore-scripts", ...platform]);
}
