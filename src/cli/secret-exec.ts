// Runs a command with secrets in its environment.
import { variableOf } from "../secrets/names.ts";

/**
 * The command takes the place of this program, so that its output, exit code and signals are its own.
 * It gets no master key, which opens more than what was meant for it. Throws when it cannot be run.
 */
export async function runWithSecrets(
  program: string,
  args: string[],
  secrets: ReadonlyMap<string, string>,
): Promise<never> {
  const { ARGUS_SECRET_KEY: _, ARGUS_SECRET_KEY_FILE: __, ...inherited } = process.env;
  const env = { ...inherited, ...variablesOf(secrets) };
  const path = Bun.which(program);
  if (path === null) throw new Error(`there is no program ${program}`);
  // Windows cannot replace a program; there, signals reach both.
  if (!process.execve) return process.exit(await Bun.spawn([path, ...args], { env, stdio: INHERITED }).exited);
  for (const signal of IGNORED) process.on(signal, () => undefined);
  return process.execve(path, [program, ...args], env);
}

const INHERITED: ["inherit", "inherit", "inherit"] = ["inherit", "inherit", "inherit"];

/** Bun ignores these, and what is ignored stays so in a new program; what has a handler gets its default back. */
const IGNORED = ["SIGPIPE", "SIGXFSZ"] as const;

function variablesOf(secrets: ReadonlyMap<string, string>): Record<string, string> {
  const names = new Map<string, string>();
  for (const [name, value] of secrets) {
    const variable = variableOf(name);
    const other = names.get(variable);
    if (other !== undefined) throw new Error(`${other} and ${name} would both be ${variable}; choose one with --only`);
    if (value.includes("\0")) throw new Error(`${name} has a zero byte, which no environment variable can have`);
    names.set(variable, name);
  }
  return Object.fromEntries([...names].map(([variable, name]) => [variable, secrets.get(name) ?? ""]));
}
