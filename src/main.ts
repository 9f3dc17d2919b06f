#!/usr/bin/env bun
// argv → command. Every command is a dynamic import, so that one never pays for another.
import { type CommandDef, defineCommand, renderUsage, runCommand } from "citty";
import { printError } from "./cli/stderr.ts";
import { UsageError } from "./cli/usage.ts";
import { BUILD, VERSION } from "./version.ts";

const commands: Record<string, () => Promise<CommandDef>> = {
  server: async () => (await import("./cli/server.ts")).server as CommandDef,
  init: async () => (await import("./cli/init.ts")).init as CommandDef,
  client: async () => (await import("./cli/client.ts")).client as CommandDef,
  tui: async () => (await import("./cli/tui.ts")).tui as CommandDef,
  doctor: async () => (await import("./cli/doctor.ts")).doctor as CommandDef,
  list: async () => (await import("./cli/list.ts")).list as CommandDef,
  call: async () => (await import("./cli/call.ts")).call as CommandDef,
  secret: async () => (await import("./cli/secret.ts")).secret as CommandDef,
  health: async () => (await import("./cli/health.ts")).health as CommandDef,
  completion: async () => (await import("./cli/completion.ts")).completion as CommandDef,
};

const program = defineCommand({
  meta: { name: "argus-mcp", version: VERSION, description: "One gateway in front of all of your MCP servers" },
  args: { version: { type: "boolean", description: "print the version, and the commit it was built from" } },
  subCommands: commands,
});

async function main(argv: string[]): Promise<number> {
  const [name = "", ...rest] = argv;
  if (name === "--version" || name === "-v") return print(BUILD);
  if (name === "--help" || name === "-h") return print(await usage());
  if (name === "") {
    printError(await usage());
    return 1;
  }
  const command = await (Object.hasOwn(commands, name) ? commands[name]?.() : undefined);
  if (!command) throw await unknown(name);
  // What follows is another program's.
  const own = rest.includes("--") ? rest.slice(0, rest.indexOf("--")) : rest;
  if (own.some((argument) => argument === "--help" || argument === "-h"))
    return print(await usage(await meant(command, own)));
  // completion is about all of them.
  await runCommand(command, { rawArgs: rest, data: program });
  return 0;
}

async function unknown(name: string): Promise<UsageError> {
  if (name.startsWith("-")) return new UsageError(`unknown flag ${name}`);
  const { didYouMean } = await import("./cli/nearest.ts");
  return new UsageError(`unknown command "${name}"${didYouMean(name, Object.keys(commands))}`);
}

/** `client add --help` asks for the help of add. */
async function meant(command: CommandDef, words: readonly string[]): Promise<CommandDef> {
  const actions = (await command.subCommands) as Record<string, CommandDef> | undefined;
  const action = words.find((word) => actions && Object.hasOwn(actions, word));
  return (action !== undefined && actions?.[action]) || command;
}

async function usage(command: CommandDef = program as CommandDef): Promise<string> {
  const text = await renderUsage(command, command === program ? undefined : (program as CommandDef));
  return process.stdout.isTTY && !process.env.NO_COLOR ? text : Bun.stripANSI(text);
}

function print(text: string): number {
  console.log(text);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  // Whoever read the output has seen enough, as head does.
  if ((error as NodeJS.ErrnoException).code === "EPIPE") process.exit(0);
  const wrongUsage = error instanceof UsageError || (error instanceof Error && error.name === "CLIError");
  // What the parser of arguments says is coloured, whatever it is printed on.
  const message = Bun.stripANSI(error instanceof Error ? error.message : String(error));
  const [, , name = ""] = process.argv;
  const help = Object.hasOwn(commands, name) ? `argus-mcp ${name} --help` : "argus-mcp --help";
  printError(`argus-mcp: ${message}${wrongUsage ? `; see ${help}` : ""}`);
  if (/--log-level[= ]debug/.test(process.argv.join(" ")) && error instanceof Error) printError(error.stack ?? "");
  process.exit(wrongUsage ? 2 : 1);
}
