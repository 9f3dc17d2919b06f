// The completion scripts at work in the shells that are here.
import { describe, expect, test } from "bun:test";
import { folder, run } from "../fixtures/command.ts";

/** What completes these words, the last of which is begun only. */
type Complete = (words: string[], directory: string) => Promise<string[]>;

const script = async (shell: string) => {
  using place = folder();
  const { code, stdout, stderr } = await run(["completion", shell], place);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout;
};

const lines = async (command: string[], directory: string) => {
  const child = Bun.spawn(command, { cwd: directory, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  expect(stderr).toBe("");
  return stdout.split("\n").filter((line) => line !== "");
};

const quote = (word: string) => `'${word}'`;

const shells: Record<string, Complete> = {
  bash: async (words, directory) => {
    // As readline breaks words.
    const broken = words.flatMap((word) => (/^--\w+=/.test(word) ? word.split(/(=)/).filter((part) => part) : [word]));
    const asked = `COMP_WORDS=(${broken.map(quote).join(" ")}); COMP_CWORD=${broken.length - 1}; _argus_mcp`;
    const text = `${await script("bash")}\n${asked}\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
    return lines(["bash", "--norc", "-c", text], directory);
  },
  zsh: async (words, directory) => {
    const last = words.at(-1) ?? "";
    const begun = last.replace(/^--\w+=/, "");
    // The completion system's own functions, as far as they are used: all say what they are given.
    const system = `compdef() { : }; compset() { : }; compadd() { shift; print -l -- "$@" }
      _files() { print -l -- *(N) }; _describe() { print -l -- "\${(@P)\${@[-1]}}" }`;
    const asked = `words=(${words.map(quote).join(" ")}); CURRENT=${words.length}; _argus_mcp`;
    const all = await lines(["zsh", "-f", "-c", `${system}\n${await script("zsh")}\n${asked}`], directory);
    return all.map((line) => line.replace(/(?<!\\):.*/, "")).filter((word) => word.startsWith(begun));
  },
  fish: async (words, directory) => {
    const text = `${await script("fish")}\ncomplete -C ${quote(words.join(" "))}`;
    const all = await lines(["fish", "--no-config", "-c", text], directory);
    return all.map((line) => line.replace(/\t.*/, "").replace(/^--\w+=/, ""));
  },
};

describe.each(Object.keys(shells).filter((shell) => Bun.which(shell)))("%s", (shell) => {
  const complete = async (...words: string[]) => {
    using place = folder({ "config.yaml": "", "other.txt": "" });
    const found = await shells[shell]?.(["argus-mcp", ...words], place.directory);
    return found?.toSorted();
  };

  test("completes commands and actions", async () => {
    expect(await complete("se")).toEqual(["secret", "server"]);
    expect(await complete("client", "")).toEqual(["add", "list", "remove", "show", "undo"]);
    expect(await complete("client", "add", "c")).toEqual(["claude-code", "claude-desktop", "cline", "cursor"]);
    expect(await complete("secret", "k")).toEqual(["keygen"]);
    expect(await complete("completion", "")).toEqual(["bash", "fish", "zsh"]);
    expect(await complete("list", "p")).toEqual(["prompts"]);
  });

  test("completes flags of the command that is written", async () => {
    expect(await complete("server", "--h")).toEqual(["--help", "--host"]);
    expect(await complete("client", "undo", "--f")).toEqual(["--file", "--force"]);
    expect(await complete("client", "list", "--f")).toEqual([]);
    expect(await complete("call", "tool", "a=1", "--j")).toEqual(["--json"]);
  });

  test("completes what flags take: words, files, or nothing", async () => {
    expect(await complete("secret", "list", "--provider", "k")).toEqual(["keychain"]);
    expect(await complete("secret", "list", "--provider=e")).toEqual(["env"]);
    expect(await complete("server", "--log-level", "")).toEqual(["critical", "debug", "error", "info", "warning"]);
    expect(await complete("server", "--config", "con")).toEqual(["config.yaml"]);
    expect(await complete("server", "-c", "oth")).toEqual(["other.txt"]);
    expect(await complete("server", "--port", "")).toEqual([]);
  });

  test("completes nothing where nothing is known", async () => {
    expect(await complete("client", "add", "cursor", "")).toEqual([]);
    expect(await complete("call", "")).toEqual([]);
    expect(await complete("nonsense", "--")).toEqual([]);
  });
});

test("bash is here, so that one shell is always tried", () => {
  expect(Bun.which("bash")).not.toBeNull();
});

test("every command and every flag of the help is in every script", async () => {
  using place = folder();
  const help = async (...args: string[]) => (await run([...args, "--help"], place)).stdout;
  const commands = [...(await help()).matchAll(/^ +([a-z]+) {2,}/gm)].map(([, name = ""]) => name);
  expect(commands).toContain("completion");
  for (const shell of Object.keys(shells)) {
    const text = await script(shell);
    for (const command of commands) {
      expect(text).toContain(command);
      for (const [, flag = ""] of (await help(command)).matchAll(/--([a-z-]+)/g))
        expect(text).toContain(shell === "fish" ? `-l ${flag}` : `--${flag}`);
    }
  }
});

test.each([[[]], [["tcsh"]], [["bash", "more"]]])("%j is wrong usage", async (args) => {
  using place = folder();
  const { code, stdout } = await run(["completion", ...args], place);
  expect([code, stdout]).toEqual([2, ""]);
});
