// Makes one executable: the program, its packages and the runtime in a file.
import { basename, dirname, resolve } from "node:path";
import { Glob } from "bun";
import { bun } from "./bun.ts";
import { isSigned, sign } from "./signature.ts";
import { type Libc, nativeLibrary, type Platform, type Target } from "./targets.ts";

/**
 * Splitting makes dynamic imports lazy; identifiers stay, since Elysia reads the source of handlers; and an executable must not run what
 * lies in the working directory (.env, bunfig.toml).
 */
export const FLAGS = [
  ...["--compile", "--format=esm", "--splitting", "--bytecode", "--sourcemap=linked"],
  ...["--minify-syntax", "--minify-whitespace"],
  ...["--no-compile-autoload-dotenv", "--no-compile-autoload-bunfig"],
];

/** OpenTUI's grammars, some 3.5 MB, which it would load when asked to highlight source: nothing asks it to. */
const GRAMMARS = ["*.wasm", "*.scm"];

export interface BundleOptions {
  /** Has package.json, src and node_modules. */
  directory: string;
  /** Its name is built in, so that only the same name gives the same bytes. */
  outfile: string;
  commit: string | undefined;
  libc: Libc;
  /** This machine's unless given. */
  target?: Target;
  /** Imports that are left out, as patterns: what comes to them fails. The bench asks what a part costs. */
  without?: readonly string[];
}

/**
 * Gives the folders of the packages that are in it, relative to `directory` and sorted. Maps of the source are in the executable too:
 * what Bun writes beside it is removed. Rejects when Bun does, with what it says.
 */
export async function bundle(options: BundleOptions): Promise<string[]> {
  const { directory, outfile, commit, libc, target, without = [] } = options;
  const platform = target ?? { os: process.platform, cpu: process.arch, libc };
  const ui = terminalUi(platform);
  const defines = { ...ui.defines, ...(commit !== undefined && { ARGUS_COMMIT: commit }) };
  const defined = Object.entries(defines).flatMap(([name, value]) => ["--define", `${name}=${JSON.stringify(value)}`]);
  // The runtime is the one that bun.lock names, and none that Bun would download by itself.
  const cross = target
    ? [`--target=bun-${target.name}`, `--compile-executable-path=node_modules/${target.runtime}`]
    : [];
  const file = resolve(outfile);
  const contents = `${file}.json`;
  await bun(directory, [
    "build",
    "src/main.ts",
    ...FLAGS,
    ...defined,
    ...[...GRAMMARS, ...ui.unused, ...without].map((pattern) => `--external=${pattern}`),
    ...cross,
    `--metafile=${contents}`,
    `--outfile=${file}`,
  ]);
  if (platform.os === "darwin") await ensureSigned(file);
  const packages = packagesIn(await Bun.file(contents).json());
  await Bun.file(contents).delete();
  for await (const map of new Glob("*.map").scan({ cwd: dirname(file), absolute: true })) await Bun.file(map).delete();
  return packages;
}

/** Which native library OpenTUI takes is decided here, and what it has no use for is left out: without a library, all of it. */
function terminalUi({ os, cpu, libc }: Platform) {
  if (!nativeLibrary({ os, cpu, libc })) return { defines: { ARGUS_WITHOUT_TUI: true }, unused: ["@opentui/core"] };
  // Bun does not see that OpenTUI never comes to the import of this one.
  const unused = libc === "musl" ? [`@opentui/core-${os}-${cpu}`] : [];
  return { defines: { "process.env.OPENTUI_LIBC": libc }, unused };
}

/** Bun signs what is for Apple's processors; for Intel's it leaves the signature of its own executable, which no longer fits. */
async function ensureSigned(file: string): Promise<void> {
  const bytes = Buffer.from(await Bun.file(file).arrayBuffer());
  if (!isSigned(bytes)) await Bun.write(file, sign(bytes, basename(file)));
}

/** Bun's metafile names every file that went in. */
function packagesIn({ inputs }: { inputs: Record<string, unknown> }): string[] {
  const folders = Object.keys(inputs).flatMap(
    (path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path.replaceAll("\\", "/"))?.[0] ?? [],
  );
  return [...new Set(folders)].sort();
}
