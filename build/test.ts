// Runs all tests and ends with one line that says how many passed and failed.
import { spawn } from "bun";

const child = spawn([process.execPath, "test", "--dots", "--timeout=60000"], {
  stdin: "ignore",
  stdout: "inherit",
  stderr: "pipe",
});
let output = "";
const decoder = new TextDecoder();
for await (const chunk of child.stderr) {
  process.stderr.write(chunk);
  output += decoder.decode(chunk, { stream: true });
}
const count = (what: string) => Number(new RegExp(`^ *(\\d+) ${what}$`, "m").exec(output)?.[1] ?? 0);
const code = await child.exited;
// A skipped test proves nothing, so it counts as one that failed.
const failed = count("fail") + count("skip") + count("todo") || (code === 0 ? 0 : 1);
console.log(`${count("pass")} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
