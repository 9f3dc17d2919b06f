// The file of secrets while many write to it, some are killed, and the disk is full.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { newVault, stored } from "../fixtures/vault.ts";

setDefaultTimeout(60_000);

describe("the file survives", () => {
  test("twenty writers at a time", async () => {
    using vault = newVault();
    const names = Array.from({ length: 20 }, (_, index) => `n${String(index).padStart(2, "0")}`);
    const finished = await Promise.all(names.map((name) => vault.secret(["set", name, `plain-${name}`])));
    expect(finished.map(({ code }) => code)).toEqual(names.map(() => 0));
    expect(await stored(vault)).toEqual(names);
    expect(vault.bytes()).not.toContain("plain-");
  });

  test("writers that are killed at any moment", async () => {
    using vault = newVault();
    // So much takes long enough to write for most of them to be killed while they do.
    await vault.secret(["set", "ballast"], { stdin: "plain-ballast".repeat(150_000) });
    const acknowledged: string[] = ["ballast"];
    const writer = `${import.meta.dir}/../fixtures/secret-writer.ts`;
    for (let round = 0; round < 100; round++) {
      const first = String(round * 1_000);
      const child = Bun.spawn([process.execPath, writer, vault.file, vault.env.ARGUS_SECRET_KEY ?? "", first]);
      const reader = child.stdout.getReader();
      const { value } = await reader.read();
      await Bun.sleep(Math.random() * 40);
      child.kill("SIGKILL");
      const chunks = [value];
      for (let next = await reader.read(); !next.done; next = await reader.read()) chunks.push(next.value);
      await child.exited;
      acknowledged.push(
        ...chunks
          .map((chunk) => new TextDecoder().decode(chunk))
          .join("")
          .split("\n")
          .slice(0, -1),
      );
    }
    const names = await stored(vault);
    expect(acknowledged.length).toBeGreaterThanOrEqual(100);
    expect(acknowledged.filter((name) => !names.includes(name))).toEqual([]);
    // Of each writer at most the one that was not acknowledged any more.
    expect(names.length - acknowledged.length).toBeLessThanOrEqual(100);
    const written = names.filter((name) => name !== "ballast");
    const { stdout } = await vault.secret(["exec", "--only", written.join(), "--", "env"]);
    for (const name of written) expect(stdout).toContain(`${name.toUpperCase()}=plain-${name.slice(1)}\n`);
    expect(vault.bytes()).not.toContain("plain-");
  });

  test("a disk that is full", async () => {
    using vault = newVault();
    await vault.secret(["set", "a", "1"]);
    const before = readFileSync(vault.file, "utf8");
    const { code, stderr } = await vault.shell('ulimit -f 1; exec "$@"', ["set", "b", "x".repeat(5_000)]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^argus-mcp: cannot write \S+secrets\.enc: EFBIG.*\n$/)]);
    expect(readFileSync(vault.file, "utf8")).toBe(before);
    expect(existsSync(`${vault.file}.tmp`)).toBe(false);
    expect((await vault.secret(["set", "b", "2"])).code).toBe(0);
    expect(await stored(vault)).toEqual(["a", "b"]);
  });

  test("what a killed writer has left behind", async () => {
    using vault = newVault();
    await vault.secret(["set", "a", "1"]);
    writeFileSync(`${vault.file}.tmp`, "left behind by a killed writer");
    expect((await vault.secret(["get", "a"])).stdout).toBe("1\n");
    await vault.secret(["set", "a", "2"]);
    expect(vault.bytes()).not.toContain("left behind");
  });
});
