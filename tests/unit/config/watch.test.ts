// Watching the configuration file: every way to write it is noticed, and nothing else is.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  watch,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { watchConfig } from "../../../src/config/watch.ts";
import { until } from "../../fixtures/until.ts";

let folder: string;
let ends: (() => void)[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "argus-watch-"));
  ends = [];
});

afterEach(() => {
  for (const end of ends) end();
  rmSync(folder, { recursive: true, force: true });
});

const inFolder = (name: string) => join(folder, name);

/** Watches a file; gives the texts that it had whenever a change was told. */
function watching(file: string) {
  const seen: string[] = [];
  const end = watchConfig(file, Date.now() + 60_000, () => seen.push(readFileSync(file, "utf8")));
  ends.push(end);
  return { seen, end };
}

/** A file with this text, watched. */
function watchedFile(text = "first") {
  const file = inFolder("config.yaml");
  writeFileSync(file, text);
  return { file, ...watching(file) };
}

const last = (seen: string[], text: string) => until(`the change to ${text} is told`, () => seen.at(-1) === text);

/** Resolves when whatever has happened in the folder up to now would have been told, for a later edit there is told. */
async function moment(): Promise<void> {
  writeFileSync(inFolder("other"), "");
  const { seen } = watching(inFolder("other"));
  writeFileSync(inFolder("other"), "edited");
  await last(seen, "edited");
}

/** Resolves when the system has told something of the folder, and all who watch it have heard. */
async function nextEvent(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const watcher = watch(folder, () => setImmediate(resolve));
  await promise.finally(() => watcher.close());
}

describe("an edit is told", () => {
  test("by overwriting", async () => {
    const { file, seen } = watchedFile();
    writeFileSync(file, "second edit");
    await last(seen, "second edit");
    writeFileSync(file, "third, and longer, edit");
    await last(seen, "third, and longer, edit");
    expect(seen).toEqual(["second edit", "third, and longer, edit"]);
  });

  test("by renaming another file over it, time and again", async () => {
    const { file, seen } = watchedFile();
    for (const text of ["second edit", "third, and longer, edit"]) {
      writeFileSync(inFolder(".config.yaml.swp"), text);
      renameSync(inFolder(".config.yaml.swp"), file);
      await last(seen, text);
    }
    expect(seen).toEqual(["second edit", "third, and longer, edit"]);
  });

  test("by deleting it and writing it again", async () => {
    const { file, seen } = watchedFile();
    rmSync(file);
    writeFileSync(file, "written again");
    await last(seen, "written again");
  });

  test.each(["nothing", "config.yaml"])("that mends a link which led to %s", async (target) => {
    const { file, seen } = watchedFile();
    rmSync(file);
    symlinkSync(target, file);
    await moment();
    rmSync(file);
    writeFileSync(file, "mended");
    await last(seen, "mended");
  });

  test("by swapping the folder behind a link, as Kubernetes does", async () => {
    const version = (name: string, text: string) => {
      mkdirSync(inFolder(name));
      writeFileSync(join(inFolder(name), "config.yaml"), text);
    };
    version("..2026_1", "first");
    symlinkSync("..2026_1", inFolder("..data"));
    symlinkSync(join("..data", "config.yaml"), inFolder("config.yaml"));
    const { seen } = watching(inFolder("config.yaml"));
    for (const [name, before] of [
      ["..2026_2", "..2026_1"],
      ["..2026_3", "..2026_2"],
    ] as const) {
      version(name, `from ${name}`);
      symlinkSync(name, inFolder("..data_tmp"));
      renameSync(inFolder("..data_tmp"), inFolder("..data"));
      rmSync(inFolder(before), { recursive: true });
      await last(seen, `from ${name}`);
    }
  });

  test("of the file behind a link to another folder", async () => {
    mkdirSync(inFolder("elsewhere"));
    const target = join(inFolder("elsewhere"), "real.yaml");
    writeFileSync(target, "first");
    symlinkSync(target, inFolder("config.yaml"));
    const { seen } = watching(inFolder("config.yaml"));
    writeFileSync(target, "second edit");
    await last(seen, "second edit");
  });

  test("after the last of several that follow each other at once", async () => {
    const { file, seen } = watchedFile();
    for (let edit = 1; edit <= 20; edit++) writeFileSync(file, "x".repeat(edit));
    await last(seen, "x".repeat(20));
  });

  test("once it has come to rest, not for each of its writes", async () => {
    const { file, seen } = watchedFile();
    for (let write = 1; write <= 20; write++) {
      writeFileSync(file, "x".repeat(write));
      // What an editor that writes in pieces takes between two of them.
      await Bun.sleep(5);
    }
    await last(seen, "x".repeat(20));
    expect(seen.length).toBeLessThan(10);
  });

  test("and so is one that is made while the one before is told", async () => {
    const file = inFolder("config.yaml");
    writeFileSync(file, "first");
    const seen: string[] = [];
    const end = watchConfig(file, Date.now() + 60_000, () => {
      if (seen.push(readFileSync(file, "utf8")) === 1) writeFileSync(file, "third, and longer, edit");
    });
    ends.push(end);
    writeFileSync(file, "second edit");
    await last(seen, "third, and longer, edit");
  });
});

describe("nothing is told", () => {
  test("of another file beside it", async () => {
    const { seen } = watchedFile();
    writeFileSync(inFolder("config.yaml.bak"), "second edit");
    await moment();
    expect(seen).toEqual([]);
  });

  test("when it is gone", async () => {
    const { file, seen } = watchedFile();
    rmSync(file);
    await moment();
    expect(seen).toEqual([]);
  });

  test.each<[string, (file: string) => void]>([
    ["it may be read by others now", (file) => chmodSync(file, 0o644)],
    ["something else is swapped that it may lead to", () => writeFileSync(inFolder("..data"), "")],
  ])("when %s, but its text is what it was", async (_, touch) => {
    const { file, seen } = watchedFile();
    chmodSync(file, 0o600);
    await moment();
    touch(file);
    await moment();
    expect(seen).toEqual([]);
  });

  test("after the end, though an edit was on its way, and others who watch are still told", async () => {
    const { file, seen, end } = watchedFile();
    const other = watching(file);
    const noticed = nextEvent();
    writeFileSync(file, "second edit");
    await noticed;
    end();
    end();
    await last(other.seen, "second edit");
    writeFileSync(file, "third, and longer, edit");
    await last(other.seen, "third, and longer, edit");
    expect(seen).toEqual([]);
  });
});

test("a file that is not there yet can be watched", async () => {
  const file = inFolder("config.yaml");
  const { seen } = watching(file);
  writeFileSync(file, "first");
  await last(seen, "first");
});
