// Takes stock of what is in the executables of a release: packages and runtimes, what each needs, and where it is found.
import { basename, dirname, join } from "node:path";
import type { Target } from "./targets.ts";

export interface Part {
  /** As bun.lock calls it: `a`, or `a/b` for a `b` that is only `a`'s. */
  key: string;
  /** Its package.json. */
  manifest: Manifest;
  /** Its checksum, from bun.lock: SHA-512, in base64. */
  integrity: string | undefined;
  /** The keys of the parts that it needs. */
  needs: string[];
  /** Where it is unpacked. */
  folder: string;
  /** What the rest runs on. */
  runtime: boolean;
}

export interface Manifest {
  name: string;
  version: string;
  license?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

/** What is told of a build here. */
export interface Contents {
  target: Pick<Target, "runtime">;
  directory: string;
  packages: readonly string[];
}

interface Lock {
  packages: Record<string, [id: string, ...details: unknown[]]>;
}

/** All parts of these executables, each once, sorted by key. */
export async function inventory(root: string, builds: readonly Contents[]): Promise<Part[]> {
  const { packages } = Bun.JSONC.parse(await Bun.file(join(root, "bun.lock")).text()) as Lock;
  const parts = new Map<string, Part>();
  for (const { target, directory, packages: folders } of builds) {
    const runtime = join("node_modules", dirname(dirname(target.runtime)));
    for (const folder of [...folders, runtime]) {
      const key = folder
        .replaceAll("\\", "/")
        .replace(/^node_modules\//, "")
        .replaceAll("/node_modules/", "/");
      if (parts.has(key)) continue;
      const path = join(directory, folder);
      const manifest: Manifest = await Bun.file(join(path, "package.json")).json();
      const integrity = packages[key]?.findLast((item) => typeof item === "string" && item.startsWith("sha512-"));
      parts.set(key, {
        ...{ key, manifest, needs: [], folder: path, runtime: folder === runtime },
        integrity: (integrity as string | undefined)?.slice("sha512-".length),
      });
    }
  }
  for (const part of parts.values()) part.needs = needsOf(part, parts);
  return [...parts.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Of what a package names, that which is in an executable. */
function needsOf({ key, manifest }: Part, parts: ReadonlyMap<string, Part>): string[] {
  const { dependencies, optionalDependencies, peerDependencies } = manifest;
  const names = new Set(Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }));
  return [...names].flatMap((name) => resolve(name, key, parts) ?? []).sort();
}

/** As Node finds packages: the nearest folder that has it. */
function resolve(name: string, from: string, parts: ReadonlyMap<string, Part>): string | undefined {
  for (let folder = from; folder !== "."; folder = parentOf(folder)) {
    if (parts.has(`${folder}/${name}`)) return `${folder}/${name}`;
  }
  return parts.has(name) ? name : undefined;
}

/** A scope belongs to the name after it. */
function parentOf(key: string): string {
  const parent = dirname(key);
  return basename(parent).startsWith("@") ? dirname(parent) : parent;
}
