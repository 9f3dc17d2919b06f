// Looks into an executable, which mostly cannot be run here, and runs it where it can.
import { join } from "node:path";
import { $, Glob } from "bun";
import { version } from "../package.json";
import { platformOf } from "./platform.ts";
import type { Build } from "./release.ts";
import { isSigned } from "./signature.ts";
import { libcHere, nativeLibrary, type Target } from "./targets.ts";

/** Throws when the executable is for another platform, lacks a native library, would not be run by its system, or does not say which version it is. */
export async function verify(build: Build, commit: string | undefined): Promise<void> {
  const { target, file } = build;
  const bytes = Buffer.from(await Bun.file(file).arrayBuffer());
  const platform = platformOf(bytes);
  if (platform !== target.name) throw new Error(`${file} is for ${platform}, not for ${target.name}`);
  await verifyLibraries(build, bytes);
  if (target.os === "darwin" && !isSigned(bytes)) throw new Error(`${file}: its signature does not fit`);
  if (await runsHere(target)) await verifyVersion(file, commit);
}

/** The platform's native library of the terminal UI, if there is one, must be in it, whole, and no other's. */
async function verifyLibraries({ target, file, directory, packages }: Build, bytes: Buffer): Promise<void> {
  const library = nativeLibrary(target);
  const wanted = library ? [`node_modules/${library}`] : [];
  const found = packages.filter((folder) => folder.startsWith("node_modules/@opentui/core-"));
  if (found.join() !== wanted.join())
    throw new Error(
      `${file} has these native libraries: ${found.join(", ") || "none"}; not ${wanted.join() || "none"}`,
    );
  for (const folder of wanted) {
    const [name = ""] = new Glob("*.{so,dylib,dll}").scanSync(join(directory, folder));
    const content = Buffer.from(await Bun.file(join(directory, folder, name)).arrayBuffer());
    if (!bytes.includes(content)) throw new Error(`${file} does not hold ${folder}/${name}`);
  }
}

async function verifyVersion(file: string, commit: string | undefined): Promise<void> {
  const said = (await $`${file} --version`.text()).trim();
  const wanted = commit === undefined ? version : `${version} (${commit})`;
  if (said !== wanted) throw new Error(`${file} says that it is ${said}, not ${wanted}`);
}

async function runsHere({ os, cpu, libc }: Target): Promise<boolean> {
  return os === process.platform && cpu === process.arch && libc === (await libcHere());
}
