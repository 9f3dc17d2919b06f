// bun run build: makes dist/argus-mcp, one native executable for this platform; or, with --all or --target, those of a release.
import { join } from "node:path";
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { bundle } from "./bundle.ts";
import { commitOf } from "./commit.ts";
import { executable, libcHere, TARGETS, targetOf } from "./targets.ts";

const root = join(import.meta.dir, "..");

const options = {
  /** Every platform, and what goes with a release. */
  all: { type: "boolean", default: false },
  /** The executable for one platform, or several. */
  target: { type: "string", multiple: true, default: [] },
  /** Looks into each executable, and builds it a second time to compare. */
  verify: { type: "boolean", default: false },
  /** Where a release goes. */
  out: { type: "string", default: join(root, "dist", "release") },
} as const satisfies ParseArgsOptionsConfig;

async function main(): Promise<void> {
  const { all, target, verify, out } = parseArgs({ options }).values;
  const commit = await commitOf(root, process.env);
  if (all || target.length > 0) {
    const { release } = await import("./release.ts");
    const targets = all ? TARGETS : target.map(targetOf);
    await release(targets, { root, out, commit, whole: all, verify, built: (file) => console.log(file) });
  } else {
    const outfile = join(root, "dist", executable("argus-mcp", process.platform));
    await bundle({ directory: root, outfile, commit, libc: await libcHere() });
    console.log(outfile);
  }
}

await main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
