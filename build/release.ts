// Makes a release: an executable for each platform, what is in them, the licences of that, and the checksums of it all.
import { mkdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { version } from "../package.json";
import { bundle } from "./bundle.ts";
import { inventory } from "./inventory.ts";
import { licences } from "./licences.ts";
import { stage } from "./stage.ts";
import { executable, type Target } from "./targets.ts";

export interface ReleaseOptions {
  /** The checkout. */
  root: string;
  /** The folder that is filled. */
  out: string;
  commit: string | undefined;
  /** Whether the list of contents and the checksums are made, too. */
  whole: boolean;
  /** Whether each executable is looked into, and built a second time. */
  verify: boolean;
  /** Gets each executable's path when it is done. */
  built(file: string): void;
}

/** What an executable was made from. */
export interface Build {
  target: Target;
  /** The finished executable. */
  file: string;
  /** Has the source, and node_modules. */
  directory: string;
  /** The folders of the packages in it, relative to `directory`. */
  packages: readonly string[];
}

/** Fills the folder; what it has of other releases stays, and is not in the checksums. Rejects when something cannot be built, or is not as it must be. */
export async function release(targets: readonly Target[], options: ReleaseOptions): Promise<void> {
  const { out, whole, verify, built } = options;
  await mkdir(out, { recursive: true });
  const stages = join(out, ".stages");
  try {
    const builds: Build[] = [];
    for (const target of targets) {
      const build = await make(target, join(stages, target.name), options);
      builds.push(build);
      if (verify) await verified(build, join(stages, `${target.name}-again`), options);
      built(build.file);
    }
    const documents = await describe(builds, options);
    if (whole) await writeSums(out, [...builds.map(({ file }) => basename(file)), ...documents]);
  } finally {
    await rm(stages, { recursive: true, force: true });
  }
}

async function make(target: Target, directory: string, { root, out, commit }: ReleaseOptions): Promise<Build> {
  await stage(root, target, directory);
  // Its name is built in, so that it gets the final one afterwards.
  const outfile = join(directory, "out", executable("argus-mcp", target.os));
  const packages = await bundle({ directory, outfile, commit, libc: target.libc, target });
  const file = join(out, executable(`argus-mcp-${version}-${target.name}`, target.os));
  await rename(outfile, file);
  return { target, file, directory, packages };
}

/** A second build, elsewhere, must give the same bytes. */
async function verified(build: Build, elsewhere: string, options: ReleaseOptions): Promise<void> {
  const { verify } = await import("./verify.ts");
  await verify(build, options.commit);
  const again = await make(build.target, elsewhere, { ...options, out: join(elsewhere, "out") });
  if ((await checksum(again.file)) !== (await checksum(build.file)))
    throw new Error(`${build.file}: a second build differs`);
  await rm(elsewhere, { recursive: true });
}

/** Writes the licences of the program and of what is in it, and for a whole release the list of that; gives the names of the files. */
async function describe(builds: readonly Build[], { root, out, whole }: ReleaseOptions): Promise<string[]> {
  const parts = await inventory(root, builds);
  const texts = {
    LICENSE: await Bun.file(join(root, "LICENSE")).text(),
    "THIRD-PARTY-LICENSES": await licences(parts),
  };
  // What writes the list is no part of the program: an executable alone can be built before that is installed.
  const list = whole && { [`argus-mcp-${version}.cdx.json`]: await (await import("./bill.ts")).bill(parts) };
  const documents = Object.entries({ ...texts, ...list });
  for (const [name, text] of documents) await Bun.write(join(out, name), text);
  return documents.map(([name]) => name);
}

/** For `sha256sum --check`. */
async function writeSums(out: string, names: readonly string[]): Promise<void> {
  const lines = await Promise.all(
    names.toSorted().map(async (name) => `${await checksum(join(out, name))}  ${name}\n`),
  );
  await Bun.write(join(out, "SHA256SUMS"), lines.join(""));
}

async function checksum(file: string): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  for await (const chunk of Bun.file(file).stream()) hash.update(chunk);
  return hash.digest("hex");
}
