// The platforms that a release is made for, and what each of them takes.
import { HEADER_SIZE, platformOf } from "./platform.ts";

export interface Platform {
  os: NodeJS.Platform;
  cpu: NodeJS.Architecture;
  libc: Libc;
}

export interface Target extends Platform {
  /** As in the names of files; with `bun-` before it, Bun's own name of it. */
  name: string;
  /** As `bun install` names platforms. */
  os: "linux" | "darwin" | "win32";
  cpu: "x64" | "arm64";
  /** The executable that the program is put into, under node_modules. */
  runtime: string;
}

/** Matters on Linux only. */
export type Libc = "glibc" | "musl";

export const TARGETS: readonly Target[] = [
  { name: "linux-x64", os: "linux", cpu: "x64", libc: "glibc", runtime: "@oven/bun-linux-x64/bin/bun" },
  { name: "linux-arm64", os: "linux", cpu: "arm64", libc: "glibc", runtime: "@oven/bun-linux-aarch64/bin/bun" },
  { name: "linux-x64-musl", os: "linux", cpu: "x64", libc: "musl", runtime: "@oven/bun-linux-x64-musl/bin/bun" },
  {
    ...{ name: "linux-arm64-musl", os: "linux", cpu: "arm64", libc: "musl" },
    runtime: "@oven/bun-linux-aarch64-musl/bin/bun",
  },
  { name: "darwin-x64", os: "darwin", cpu: "x64", libc: "glibc", runtime: "@oven/bun-darwin-x64/bin/bun" },
  { name: "darwin-arm64", os: "darwin", cpu: "arm64", libc: "glibc", runtime: "@oven/bun-darwin-aarch64/bin/bun" },
  { name: "windows-x64", os: "win32", cpu: "x64", libc: "glibc", runtime: "@oven/bun-windows-x64/bin/bun.exe" },
];

/** Throws when there is none of this name. */
export function targetOf(name: string): Target {
  const target = TARGETS.find((known) => known.name === name);
  if (target) return target;
  throw new Error(`--target is one of ${TARGETS.map((known) => known.name).join(", ")}, not ${name}`);
}

/** The package that has the native library of the terminal UI. For 64-bit ARM with musl @opentui/core 0.4.5 has none. */
export function nativeLibrary({ os, cpu, libc }: Platform): string | undefined {
  if (libc === "glibc") return `@opentui/core-${os}-${cpu}`;
  return cpu === "arm64" ? undefined : `@opentui/core-${os}-${cpu}-musl`;
}

/** The name of an executable. */
export function executable(stem: string, os: NodeJS.Platform): string {
  return os === "win32" ? `${stem}.exe` : stem;
}

/** The C library that this runs on; a machine may have both. */
export async function libcHere(): Promise<Libc> {
  const header = Bun.file(process.execPath).slice(0, HEADER_SIZE);
  return platformOf(Buffer.from(await header.arrayBuffer())).endsWith("-musl") ? "musl" : "glibc";
}
