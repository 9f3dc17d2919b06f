// argus-mcp secret, as people, scripts and pipelines use it.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folder, run } from "../fixtures/command.ts";
import { binary } from "../fixtures/gateway.ts";
import { until } from "../fixtures/until.ts";
import { newVault, stored, type Vault } from "../fixtures/vault.ts";

setDefaultTimeout(60_000);

describe("a value", () => {
  test("is set by an argument, and given back with a line break and nothing else", async () => {
    using vault = newVault();
    expect(await vault.secret(["set", "api-key", "s3cret"])).toEqual({
      code: 0,
      stdout: "",
      stderr: `stored api-key in ${vault.file}\n`,
    });
    expect(await vault.secret(["get", "api-key"])).toEqual({ code: 0, stdout: "s3cret\n", stderr: "" });
    expect(vault.bytes()).not.toContain("s3cret");
  });

  test.each([
    ["plain", "plain"],
    ["plain\n", "plain"],
    ["two\nlines\n\n", "two\nlines\n"],
    ["windows\r\n", "windows"],
    [" ü 🔑 ", " ü 🔑 "],
    ["\uFEFFmark\0", "\uFEFFmark\0"],
    ["x".repeat(1_000_000), "x".repeat(1_000_000)],
  ])("is read from standard input, less one line break (%#)", async (stdin, value) => {
    using vault = newVault();
    expect((await vault.secret(["set", "a"], { stdin })).code).toBe(0);
    expect((await vault.secret(["get", "a"])).stdout === `${value}\n`).toBe(true);
  });

  test("may begin with a dash after --", async () => {
    using vault = newVault();
    await vault.secret(["set", "a", "--", "--help"]);
    expect((await vault.secret(["get", "a"])).stdout).toBe("--help\n");
  });

  test.each(["", "\n", new Uint8Array([0x61, 0xff])])("that is empty or no text is not stored (%#)", async (stdin) => {
    using vault = newVault();
    const { code, stderr } = await vault.secret(["set", "a"], { stdin });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^argus-mcp: .*(empty|not UTF-8).*\n$/)]);
    expect(await stored(vault)).toEqual([]);
  });

  test("is typed on a terminal without being seen, and can be corrected", async () => {
    using vault = newVault();
    const { output, code } = await typed(vault, ["set", "a"], "wrong\u0015pässx\u007fword\u001b[D!\r");
    expect(code).toBe(0);
    expect(output).toStartWith("value of a: \r\u001b[K");
    expect(output).not.toMatch(/wrong|word/);
    expect((await vault.secret(["get", "a"])).stdout).toBe("pässword!\n");
  });

  test("is not asked for any more after Ctrl-C", async () => {
    using vault = newVault();
    expect(await typed(vault, ["set", "a"], "half\u0003")).toEqual({ code: 130, output: "value of a: \r\u001b[K" });
    expect(await stored(vault)).toEqual([]);
  });
});

describe("the command line", () => {
  test("takes flags before and after the action", async () => {
    using vault = newVault();
    const other = `${vault.directory}/deep/er/other.enc`;
    await vault.secret(["--path", other, "set", "b", "1"]);
    await vault.secret(["set", "a", "1", `--path=${other}`]);
    const env = { ARGUS_SECRETS_FILE: undefined };
    expect((await vault.secret(["list", "--provider", "file", "--path", other], { env })).stdout).toBe("a\nb\n");
    expect((await vault.secret(["--path", other, "list", "--json"], { env })).stdout).toBe('["a","b"]\n');
    expect(await stored(vault)).toEqual([]);
  });

  test("keeps secrets in the user's configuration unless told otherwise", async () => {
    using vault = newVault();
    const env = { ARGUS_SECRETS_FILE: undefined, XDG_CONFIG_HOME: vault.directory };
    const { stderr } = await vault.secret(["set", "a", "1"], { env });
    expect(stderr).toBe(`stored a in ${vault.directory}/argus-mcp/secrets.enc\n`);
  });

  test("makes a new key each time", async () => {
    using place = folder();
    const [one, two] = await Promise.all([run(["secret", "keygen"], place), run(["secret", "keygen"], place)]);
    expect(one).toEqual({ code: 0, stdout: expect.stringMatching(/^argus-key-1\.[\w-]{43}\n$/), stderr: "" });
    expect(one.stdout).not.toBe(two.stdout);
  });

  test("says so when what it prints cannot be written", async () => {
    using vault = newVault();
    await vault.secret(["set", "a", "1"]);
    for (const args of [["keygen"], ["get", "a"], ["list"]]) {
      const { code, stderr } = await vault.shell('ulimit -f 0; exec "$@" > printed', args);
      expect([code, stderr]).toEqual([1, expect.stringContaining("argus-mcp: EFBIG")]);
    }
  });

  test.each<[number, string[], string]>([
    [1, ["get", "absent"], 'there is no secret "absent" in '],
    [1, ["delete", "absent"], 'there is no secret "absent" in '],
    [1, ["exec", "--", "true"], "there are no secrets in "],
    [1, ["exec", "--only", "absent", "--", "true"], 'there is no secret "absent" in '],
    [1, ["set", "a", "1", "--provider", "env"], "secrets in the environment are read only"],
    [1, ["list", "--provider", "keychain"], "the keychain does not tell which names it has"],
    [2, [], "secret needs one of set, get, list, delete, keygen, exec"],
    [2, ["put", "a"], "secret needs one of set, get, list, delete, keygen, exec, not put"],
    [2, ["set"], "usage: argus-mcp secret set NAME [VALUE]"],
    [2, ["set", "a", "b", "c"], "usage: argus-mcp secret set NAME [VALUE]"],
    [2, ["get", "a", "b"], "usage: argus-mcp secret get NAME"],
    [2, ["set", "a b", "1"], '"a b" is no name for a secret'],
    [2, ["list", "a"], 'secret list does not take "a"'],
    [2, ["get", "a", "--json"], "--json belongs to secret list"],
    [2, ["list", "--only", "a"], "--only belongs to secret exec"],
    [2, ["exec"], "usage: argus-mcp secret exec [--only A,B] -- CMD ARGS…"],
    [2, ["exec", "true"], 'secret exec does not take "true"'],
    [2, ["list", "--path"], "--path needs a value"],
    [2, ["list", "--provider", "vault"], "--provider is one of file, env, keychain, not vault"],
    [2, ["list", "--pth", "x"], "unknown flag --pth"],
  ])("exits with %i for %j", async (code, args, message) => {
    using vault = newVault();
    const finished = await vault.secret(args);
    expect(finished).toEqual({ code, stdout: "", stderr: expect.stringContaining(`argus-mcp: ${message}`) });
    expect(finished.stderr.split("\n")).toHaveLength(2);
  });

  test.each<[string, Record<string, string>, string]>([
    [
      "none",
      { ARGUS_SECRET_KEY: "" },
      "there is no master key; set ARGUS_SECRET_KEY to what argus-mcp secret keygen prints, or ARGUS_SECRET_KEY_FILE to a file with that",
    ],
    [
      "a short one",
      { ARGUS_SECRET_KEY: "too short" },
      "the passphrase in ARGUS_SECRET_KEY needs at least 12 characters",
    ],
    ["another one", { ARGUS_SECRET_KEY: "another passphrase" }, "this key does not open "],
    [
      "a file that is not there",
      { ARGUS_SECRET_KEY: "", ARGUS_SECRET_KEY_FILE: "a.key" },
      "there is no file a.key, which ARGUS_SECRET_KEY_FILE names",
    ],
    ["two of them", { ARGUS_SECRET_KEY_FILE: "a.key" }, "set ARGUS_SECRET_KEY or ARGUS_SECRET_KEY_FILE, not both"],
  ])("without the right key says so, and the file stays as it is (%s)", async (_, env, message) => {
    using vault = newVault();
    await vault.secret(["set", "a", "1"]);
    const before = readFileSync(vault.file, "utf8");
    for (const args of [["get", "a"], ["list"], ["set", "a", "2"], ["delete", "a"], ["exec", "--", "true"]]) {
      const { code, stdout, stderr } = await vault.secret(args, { env });
      expect([code, stdout, stderr]).toEqual([1, "", expect.stringContaining(`argus-mcp: ${message}`)]);
    }
    expect(readFileSync(vault.file, "utf8")).toBe(before);
  });
});

test("the key may be in a file, with the line break that files end in", async () => {
  using vault = newVault();
  await vault.secret(["set", "a", "1"]);
  const key = join(vault.directory, "master.key");
  writeFileSync(key, `${vault.env.ARGUS_SECRET_KEY}\n`);
  const env = { ARGUS_SECRET_KEY: undefined, ARGUS_SECRET_KEY_FILE: key };
  expect(await vault.secret(["get", "a"], { env })).toEqual({ code: 0, stdout: "1\n", stderr: "" });
  const command = ["sh", "-c", 'echo "$A$ARGUS_SECRET_KEY_FILE"'];
  expect((await vault.secret(["exec", "--", ...command], { env })).stdout).toBe("1\n");
  writeFileSync(key, "\n");
  expect((await vault.secret(["get", "a"], { env })).stderr).toContain(`there is nothing in ${key}`);
});

describe("exec", () => {
  test("runs a command with secrets as variables, and its exit code and output are the command's", async () => {
    using vault = newVault();
    await vault.secret(["set", "my-api-key", "one"]);
    await vault.secret(["set", "other.key", "two\nlines"]);
    const script = 'echo "$MY_API_KEY:$OTHER_KEY:$ARGUS_SECRET_KEY"; echo error >&2; cat; exit 7';
    const finished = await vault.secret(["exec", "--", "sh", "-c", script], { stdin: "input" });
    expect(finished).toEqual({ code: 7, stdout: "one:two\nlines:\ninput", stderr: "error\n" });
  });

  test("gives only what is asked for, and leaves the command's flags alone", async () => {
    using vault = newVault();
    for (const name of ["a", "b", "c"]) await vault.secret(["set", name, name]);
    const { stdout } = await vault.secret([
      "exec",
      "--only",
      "a,c",
      "--",
      "sh",
      "-c",
      'echo "$A$B$C$1$2"',
      "sh",
      "--help",
      "--",
    ]);
    expect(stdout).toBe("ac--help--\n");
  });

  test("takes them from the environment too", async () => {
    using vault = newVault();
    const args = ["exec", "--provider", "env", "--only", "my-key", "--", "printenv", "MY_KEY"];
    expect((await vault.secret(args, { env: { SECRET_MY_KEY: "x" } })).stdout).toBe("x\n");
  });

  test("refuses names that would be one variable, and values that can be none", async () => {
    using vault = newVault();
    for (const name of ["a-b", "a.b"]) await vault.secret(["set", name, "1"]);
    await vault.secret(["set", "zero"], { stdin: "\0" });
    const both = await vault.secret(["exec", "--only", "a-b,a.b", "--", "true"]);
    expect([both.code, both.stderr]).toEqual([1, expect.stringContaining("a-b and a.b would both be A_B")]);
    const zero = await vault.secret(["exec", "--only", "zero", "--", "true"]);
    expect([zero.code, zero.stderr]).toEqual([1, expect.stringContaining("zero has a zero byte")]);
  });

  test("says when there is no such command", async () => {
    using vault = newVault();
    await vault.secret(["set", "a", "1"]);
    const finished = await vault.secret(["exec", "--", "no-such-command"]);
    expect(finished).toEqual({ code: 1, stdout: "", stderr: "argus-mcp: there is no program no-such-command\n" });
  });

  test("passes signals on, and leaves those alone that a program does not ask for", async () => {
    using vault = newVault();
    await vault.secret(["set", "a", "1"]);
    const script = "trap 'echo got; exit 9' TERM; echo ready; while :; do sleep 0.05; done";
    const child = Bun.spawn([binary, "secret", "exec", "--", "sh", "-c", script], {
      env: { ...process.env, ...vault.env },
      stdout: "pipe",
    });
    const reader = child.stdout.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("ready\n");
    child.kill("SIGTERM");
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("got\n");
    expect(await child.exited).toBe(9);
    const pipe = await vault.secret(["exec", "--", "sh", "-c", "yes | head -n 1"]);
    expect(pipe).toEqual({ code: 0, stdout: "y\n", stderr: "" });
  });

  test("loses nothing of what the command writes to whoever reads slowly", async () => {
    using vault = newVault();
    await vault.secret(["set", "a", "1"]);
    const flood = "head -c 2000000 /dev/zero; head -c 2000000 /dev/zero >&2";
    const { stdout } = await vault.shell(`{ "$@" 2>&1; echo " $?" >&2; } | { sleep 0.3; wc -c; }`, [
      "exec",
      "--",
      "sh",
      "-c",
      flood,
    ]);
    expect(stdout.trim()).toBe("4000000");
  });
});

/** Runs the program on a terminal and types as soon as it asks. */
async function typed(vault: Vault, args: string[], keys: string): Promise<{ code: number; output: string }> {
  const decoder = new TextDecoder();
  let output = "";
  const child = Bun.spawn([binary, "secret", ...args], {
    cwd: vault.directory,
    env: { ...process.env, ...vault.env, NO_COLOR: "1" },
    terminal: { cols: 80, rows: 24, data: (_, bytes) => (output += decoder.decode(bytes, { stream: true })) },
  });
  await until("it asks", () => output.includes(": "));
  child.terminal?.write(keys);
  const code = await child.exited;
  child.terminal?.close();
  return { code, output };
}
