// What can be written on the command line, taken from the definitions of the commands themselves.
import type { ArgDef, CommandDef } from "citty";

export interface Flag {
  /** `--config`, and `-c`. */
  names: string[];
  description: string;
  /** What follows it: nothing, a file, one of these words, or any text. */
  value: "none" | "file" | "text" | readonly string[];
}

/** A command, or an action of one. */
export interface Node {
  /** The words that lead to it; none for the program itself. */
  path: string[];
  description: string;
  flags: Flag[];
  /** The words that its first argument may be. */
  choices: string[];
  nodes: Node[];
}

const HELP: Flag = { names: ["--help", "-h"], description: "print the help", value: "none" };

const FILE_HINTS = ["FILE", "PATH", "FOLDER"];

/** A description that is nothing but a list of words says all that there is: `file, env, keychain (default file)`. */
const LIST = /^[\w-]+(?:(?:, | or )[\w-]+)+(?= \(default|$)/;

/** Loads all commands below this one. */
export async function treeOf(command: CommandDef, path: string[] = []): Promise<Node> {
  const [args, meta, commands] = await Promise.all([command.args, command.meta, command.subCommands].map(resolved));
  const definitions = Object.entries((args ?? {}) as Record<string, ArgDef>);
  const below = Object.entries((commands ?? {}) as Record<string, CommandDef | (() => Promise<CommandDef>)>);
  const nodes = await Promise.all(
    below.map(async ([name, one]) => treeOf((await resolved(one)) as CommandDef, [...path, name])),
  );
  const first = definitions.find(([, { type }]) => type === "positional")?.[1];
  return {
    path,
    description: String((meta as { description?: string } | undefined)?.description ?? ""),
    flags: [...definitions.flatMap(([name, definition]) => flagOf(name, definition)), HELP],
    choices: [...nodes.map((node) => node.path.at(-1) ?? ""), ...wordsIn(first?.description)],
    nodes,
  };
}

/** The node itself and all below it. */
export function allNodes(node: Node): Node[] {
  return [node, ...node.nodes.flatMap(allNodes)];
}

function flagOf(name: string, definition: ArgDef): Flag[] {
  const { type, description = "", valueHint = "" } = definition;
  if (type === "positional") return [];
  const aliases = "alias" in definition ? [definition.alias ?? []].flat() : [];
  const names = [`--${name}`, ...aliases.map((alias) => (alias.length === 1 ? `-${alias}` : `--${alias}`))];
  const words = wordsIn(description);
  if (type === "boolean") return [{ names, description, value: "none" }];
  return [{ names, description, value: FILE_HINTS.includes(valueHint) ? "file" : words.length > 0 ? words : "text" }];
}

function wordsIn(description = ""): string[] {
  return LIST.exec(description)?.[0].split(/, | or /) ?? [];
}

function resolved(value: unknown): unknown {
  return typeof value === "function" ? value() : value;
}
