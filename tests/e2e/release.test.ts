// A release: executables, what is in them, licences and checksums. Here for one platform; `bun run build --all --verify` makes all.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { $ } from "bun";
import { release } from "../../build/release.ts";
import { targetOf } from "../../build/targets.ts";
import { verify } from "../../build/verify.ts";
import { dependencies, devDependencies, version } from "../../package.json";
import { root } from "../fixtures/gateway.ts";

interface Component {
  "bom-ref": string;
  name: string;
  group?: string;
  version: string;
  hashes?: { alg: string; content: string }[];
  licenses?: object[];
}

interface Bill {
  metadata: { component: Component };
  components: Component[];
  dependencies: { ref: string; dependsOn?: string[] }[];
}

// The test is on Linux on x64: elsewhere nobody would see the executable run.
const target = targetOf("linux-x64");
const named = `argus-mcp-${version}`;
let out: string;

beforeAll(async () => {
  out = mkdtempSync(join(root, "dist", "release-test-"));
  // Of another release, which is neither touched nor meant.
  writeFileSync(join(out, "argus-mcp-0.0.1-linux-x64"), "");
  await release([target], { root, out, commit: "abc1234", whole: true, verify: true, built: () => undefined });
}, 120_000);

afterAll(() => rmSync(out, { recursive: true }));

test("has these files, and the checksum of each", async () => {
  const files = ["LICENSE", "THIRD-PARTY-LICENSES", `${named}-linux-x64`, `${named}.cdx.json`];
  expect(readdirSync(out).toSorted()).toEqual([...files, "SHA256SUMS", "argus-mcp-0.0.1-linux-x64"].toSorted());
  const checked = await $`sha256sum --check --strict SHA256SUMS`.cwd(out).text();
  expect(checked.trim().split("\n")).toEqual(files.map((file) => `${file}: OK`));
});

test("the executable knows its version and commit", async () => {
  expect(await $`./${named}-linux-x64 --version`.cwd(out).text()).toBe(`${version} (abc1234)\n`);
});

test("an executable for another platform, of another commit, or with another native library, is found out", async () => {
  const packages = ["node_modules/@opentui/core-linux-x64"];
  const build = { target, file: join(out, `${named}-linux-x64`), directory: root, packages };
  await verify(build, "abc1234");
  await expect(verify({ ...build, target: targetOf("darwin-x64") }, "abc1234")).rejects.toThrow("for linux-x64, not");
  await expect(verify(build, "def5678")).rejects.toThrow(`not ${version} (def5678)`);
  await expect(verify({ ...build, packages: [] }, "abc1234")).rejects.toThrow(
    "libraries: none; not node_modules/@opentui",
  );
  const bare = process.execPath;
  await expect(verify({ ...build, file: bare }, "abc1234")).rejects.toThrow("does not hold node_modules/@opentui/");
});

test("an unknown platform is refused, and all are named", async () => {
  const { exitCode, stderr } = await $`${process.execPath} build/compile.ts --target beos`.cwd(root).nothrow().quiet();
  const all = "linux-x64, linux-arm64, linux-x64-musl, linux-arm64-musl, darwin-x64, darwin-arm64, windows-x64";
  expect(exitCode).toBe(1);
  expect(stderr.toString()).toBe(`--target is one of ${all}, not beos\n`);
});

describe("the bill of materials", () => {
  let text: string;
  let bill: Bill;
  beforeAll(async () => {
    text = await Bun.file(join(out, `${named}.cdx.json`)).text();
    bill = JSON.parse(text);
  });

  test("is valid", async () => {
    expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).toBeNull();
  });

  test("is of this program", () => {
    expect(bill.metadata.component).toMatchObject({ name: "argus-mcp", version });
  });

  test("has everything that was bundled, and the runtime, each with version, licence and checksum", () => {
    const names = bill.components.map(({ group, name }) => (group ? `${group}/${name}` : name));
    // The package `bun` only finds the runtime.
    const { bun: _, ...bundled } = dependencies;
    expect(names).toEqual(expect.arrayContaining([...Object.keys(bundled), "@oven/bun-linux-x64"]));
    for (const component of bill.components) {
      expect(component.version).toMatch(/^\d+\.\d+\.\d+/);
      expect(component.licenses?.length).toBeGreaterThan(0);
      expect(component.hashes).toEqual([{ alg: "SHA-512", content: expect.stringMatching(/^[0-9a-f]{128}$/) }]);
    }
  });

  test("has nothing that only serves the work on it", () => {
    const names = new Set(bill.components.map(({ group, name }) => (group ? `${group}/${name}` : name)));
    expect(Object.keys(devDependencies).filter((name) => names.has(name))).toEqual([]);
  });

  test("tells what needs what, and every part is needed by the program", () => {
    const refs = bill.components.map((component) => component["bom-ref"]);
    for (const { dependsOn = [] } of bill.dependencies) expect(refs).toEqual(expect.arrayContaining(dependsOn));
    const of = (name: string) => bill.dependencies.find(({ ref }) => ref.startsWith(name))?.dependsOn;
    expect(of("argus-mcp")?.toSorted()).toEqual(refs.toSorted());
    expect(of("elysia@")).toEqual(expect.arrayContaining([expect.stringMatching(/^cookie@/)]));
  });

  test("every part is in the file of licences, with its text where the package has one", async () => {
    const licences = await Bun.file(join(out, "THIRD-PARTY-LICENSES")).text();
    const headings = [...licences.matchAll(/^={80}\n(\S+ \S+): /gm)].map(([, heading]) => heading);
    const parts = bill.components.map(({ group, name, version }) => `${group ? `${group}/` : ""}${name} ${version}`);
    expect(headings.toSorted()).toEqual(parts.toSorted());
    expect(licences).toContain("Copyright (c) 2017-2026 Haydn Paterson");
  });
});
