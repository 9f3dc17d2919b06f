// Runs Bun itself, the one that runs this.
import { spawn } from "bun";

/** Rejects when it fails, with all that it said. */
export async function bun(directory: string, args: readonly string[]): Promise<void> {
  const child = spawn([process.execPath, ...args], { cwd: directory, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [code, stdout, stderr] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  if (code !== 0) throw new Error(`bun ${args[0]} failed in ${directory}:\n${stdout}${stderr}`);
}
