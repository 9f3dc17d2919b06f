// Scripts that complete the command line in bash, zsh and fish.
import { allNodes, type Flag, type Node } from "./command-tree.ts";

/** By shell. */
export const SCRIPTS: Record<string, (tree: Node) => string> = { bash, zsh, fish };

const START = "# Completes argus-mcp; made by argus-mcp completion";

/** Also for the bash 3.2 of macOS. */
function bash(tree: Node): string {
  const nodes = allNodes(tree);
  const reply = (words: readonly string[]) => `COMPREPLY=($(compgen -W ${quoted(words.join("\n"))} -- "$current"))`;
  const files = 'COMPREPLY=($(compgen -f -- "$current")); compopt -o filenames 2> /dev/null';
  const values = eachValue(nodes, { files, words: reply, text: ":" });
  return `${START} bash. Put it into ~/.bashrc: source <(argus-mcp completion bash)
_argus_mcp() {
  local IFS=$'\\n' current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} path= length=1
  COMPREPLY=()
  # What follows an equals sign belongs to the flag before it.
  if [[ $current == "=" ]]; then current=; elif [[ $before == "=" ]]; then before=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  if ((COMP_CWORD > 1)); then path=\${COMP_WORDS[1]} length=2; fi
  case "$path \${COMP_WORDS[2]}" in
    ${deeper(nodes)}) if ((COMP_CWORD > 2)); then path="$path \${COMP_WORDS[2]}" length=3; fi ;;
  esac
  case "$path:$before" in
${values.map((arm) => `    ${arm}; return ;;`).join("\n")}
  esac
  if [[ $current == -* ]]; then
    case "$path" in
${nodes.map((node) => `      ${key(node)}) ${reply(node.flags.flatMap(({ names }) => names))} ;;`).join("\n")}
    esac
  elif ((COMP_CWORD == length)); then
    case "$path" in
${withChoices(nodes, (node) => `      ${key(node)}) ${reply(node.choices)} ;;`)}
    esac
  fi
}
complete -F _argus_mcp argus-mcp
`;
}

function zsh(tree: Node): string {
  const nodes = allNodes(tree);
  const described = (pairs: readonly (readonly [string, string])[]) =>
    pairs.map(([word, text]) => quoted(text === "" ? word : `${word.replaceAll(":", "\\:")}:${text}`)).join(" ");
  const flags = (node: Node) =>
    described(node.flags.flatMap(({ names, description }) => names.map((name) => [name, description] as const)));
  const choices = (node: Node) => described(node.choices.map((word) => [word, descriptionOf(node, word)] as const));
  const words = (all: readonly string[]) => `compadd -- ${all.map(quoted).join(" ")}`;
  const values = eachValue(nodes, { files: "_files", words, text: ":" });
  return `#compdef argus-mcp
${START} zsh. Put it into ~/.zshrc: source <(argus-mcp completion zsh)
_argus_mcp() {
  local where= before=\${words[CURRENT - 1]}
  local -i length=2
  local -a found
  if ((CURRENT > 2)); then where=\${words[2]} length=3; fi
  case "$where \${words[3]}" in
    ${deeper(nodes)}) if ((CURRENT > 3)); then where="$where \${words[3]}" length=4; fi ;;
  esac
  if [[ \${words[CURRENT]} == --*=* ]]; then
    before=\${words[CURRENT]%%=*}
    compset -P '*='
  fi
  case "$where:$before" in
${values.map((arm) => `    ${arm}; return ;;`).join("\n")}
  esac
  if [[ \${words[CURRENT]} == -* ]]; then
    case "$where" in
${nodes.map((node) => `      ${key(node)}) found=(${flags(node)}) ;;`).join("\n")}
    esac
    _describe -o flag found
  elif ((CURRENT == length)); then
    case "$where" in
${withChoices(nodes, (node) => `      ${key(node)}) found=(${choices(node)}) ;;`)}
    esac
    _describe argument found
  fi
}
if [[ \${funcstack[1]} == _argus_mcp ]]; then _argus_mcp "$@"; else compdef _argus_mcp argus-mcp; fi
`;
}

function fish(tree: Node): string {
  const nodes = allNodes(tree);
  const line = (...parts: string[]) => ["complete -c argus-mcp", ...parts].filter((part) => part !== "").join(" ");
  const lines = nodes.flatMap((node) => [
    ...node.choices.map((word) => {
      const text = descriptionOf(node, word);
      return line(
        `-n ${quoted(`__argus_mcp_at 1 ${node.path.join(" ")}`)}`,
        `-a ${quoted(word)}`,
        text && `-d ${quoted(text)}`,
      );
    }),
    ...node.flags.map((flag) =>
      line(
        `-n ${quoted(`__argus_mcp_at 0 ${node.path.join(" ")}`)}`,
        ...flag.names.map(fishName),
        fishValue(flag),
        `-d ${quoted(flag.description)}`,
      ),
    ),
  ]);
  const actions = nodes.filter(({ path }) => path.length > 1).map(({ path }) => quoted(path.join(" ")));
  return `${START} fish. Put it into ~/.config/fish/completions/argus-mcp.fish
# Whether the words so far are this command; with 1, also whether its first argument is next.
function __argus_mcp_at
    set -l words (commandline -opc)[2..-1]
    set -l length (math (count $argv) - 1)
    set -l path $words[1]
    if contains -- "$words[1..2]" ${actions.join(" ")}
        set path $words[1..2]
    end
    test "$path" = "$argv[2..-1]"; or return 1
    test $argv[1] = 0; or test (count $words) = $length
end
complete -c argus-mcp -f
${lines.join("\n")}
`;
}

function fishName(name: string): string {
  return name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`;
}

function fishValue({ value }: Flag): string {
  if (value === "none") return "";
  if (value === "file") return "-r -F";
  return value === "text" ? "-x" : `-x -a ${quoted(value.join(" "))}`;
}

interface Ways {
  files: string;
  words(words: readonly string[]): string;
  text: string;
}

/** An arm of a case statement for every flag that takes a value. */
function eachValue(nodes: readonly Node[], { files, words, text }: Ways): string[] {
  return nodes.flatMap((node) =>
    node.flags.flatMap(({ names, value }) => {
      if (value === "none") return [];
      const patterns = names.map((name) => quoted(`${node.path.join(" ")}:${name}`)).join("|");
      return `${patterns}) ${value === "file" ? files : value === "text" ? text : words(value)}`;
    }),
  );
}

/** The patterns of all actions of commands. */
function deeper(nodes: readonly Node[]): string {
  return nodes
    .filter(({ path }) => path.length > 1)
    .map(key)
    .join("|");
}

function withChoices(nodes: readonly Node[], arm: (node: Node) => string): string {
  return nodes
    .filter(({ choices }) => choices.length > 0)
    .map(arm)
    .join("\n");
}

function descriptionOf({ nodes }: Node, word: string): string {
  return nodes.find(({ path }) => path.at(-1) === word)?.description ?? "";
}

function key({ path }: Node): string {
  return quoted(path.join(" "));
}

/** All three shells read this as one word; fish also takes a backslash for an escape here. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "’").replaceAll("\\", "/")}'`;
}
