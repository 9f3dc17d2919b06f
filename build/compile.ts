// bun run build: makes dist/argus-mcp, one native executable for this platform.
import { $, Glob } from "bun";

const outfile = process.platform === "win32" ? "dist/argus-mcp.exe" : "dist/argus-mcp";

// OpenTUI has a native library for each C library, of which only this platform's is installed.
const libc = 'process.env.OPENTUI_LIBC="glibc"';

// Splitting makes dynamic imports lazy; identifiers stay, since Elysia reads the source of handlers;
// and a binary must not run what lies in the working directory (.env, bunfig.toml).
await $`bun build src/main.ts --compile --format=esm --splitting --bytecode --minify-syntax --minify-whitespace --sourcemap=linked --no-compile-autoload-dotenv --no-compile-autoload-bunfig --define ${libc} --outfile ${outfile}`;

// The maps are in the executable; what lies beside it is only a copy.
for await (const map of new Glob("dist/*.map").scan()) await Bun.file(map).delete();
