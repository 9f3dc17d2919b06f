// Holds src/ to its architecture: who may import whom at run time, and what every file and folder looks like.
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Glob, Transpiler } from "bun";

interface Layer {
  /** The folders, and files right under src/, that may be imported. */
  folders: string[] | { allBut: string[] };
  packages?: string[];
}

/** A row for each folder, and each file right under src/. model.ts has no code and so is never imported at run time. */
const layers: Record<string, Layer> = {
  "model.ts": { folders: [] },
  "errors.ts": { folders: [] },
  // Secrets, the lock of tools and clients' files are written alike.
  "disk.ts": { folders: [], packages: ["node:fs"] },
  // The version is the package's own.
  "version.ts": { folders: [], packages: ["package.json"] },
  // What is no message is refused with a GatewayError, and GatewayErrors become JSON-RPC errors here.
  protocol: { folders: ["errors.ts"] },
  // Levenshtein finds the key that was meant; certificates are checked with the configuration; the hashes in argus.lock are over
  // definitions of tools, which are MCP as data.
  config: {
    folders: ["errors.ts", "disk.ts", "protocol"],
    packages: ["@sinclair/typebox", "yaml", "fastest-levenshtein", "node:fs", "node:path", "node:crypto", "node:tls"],
  },
  observe: { folders: ["errors.ts"], packages: ["prom-client", "@opentelemetry", "node:fs"] },
  secrets: {
    folders: ["errors.ts", "disk.ts"],
    packages: ["@sinclair/typebox", "bun:sqlite", "node:crypto", "node:fs", "node:os", "node:path", "node:util"],
  },
  // What find_tool finds is ranked by a library for full-text search.
  policy: { folders: ["errors.ts"] },
  gateway: { folders: ["errors.ts", "protocol", "policy", "observe"], packages: ["minisearch"] },
  // The SDK's transports do not tell streams apart, so HTTP and its events are read here; typebox checks the schemas of tools.
  backend: {
    folders: ["errors.ts", "protocol", "observe"],
    packages: [
      ...["node:fs", "node:http", "node:https", "node:net", "node:dns", "node:crypto"],
      ...["eventsource-parser", "@sinclair/typebox", "oauth4webapi"],
    ],
  },
  // How much everybody may ask for is counted before anything else is done; jose verifies the tokens of clients.
  server: { folders: ["errors.ts", "protocol", "gateway", "policy", "observe"], packages: ["elysia", "jose"] },
  // The description of the API is made by a library, and so is the page that shows it.
  manage: {
    folders: ["errors.ts", "observe"],
    packages: ["elysia", "@sinclair/typebox", "node:crypto", "@elysiajs/openapi", "swagger-ui-dist"],
  },
  // A client like any other: it knows the management API by its types alone; it shows what belongs into clients' files.
  tui: {
    folders: ["errors.ts", "clients", "version.ts"],
    packages: [
      ...["bun", "node:fs", "node:os", "node:path"],
      ...["@opentui/core", "eventsource-parser", "fuzzysort", "yaml"],
      // Arguments are checked by their schemas, and templates filled in, by the SDK; JSON that is none tells where.
      ...["@modelcontextprotocol/client", "jsonc-parser"],
    ],
  },
  // What is there for newcomers is no part of what runs.
  "runtime.ts": { folders: { allBut: ["tui", "cli", "clients", "setup", "doctor", "main.ts"] } },
  // Clients' files have comments, which a library keeps; that they are replaced whole and can be undone is file work.
  clients: {
    folders: ["errors.ts", "disk.ts"],
    packages: ["jsonc-parser", "node:crypto", "node:fs", "node:os", "node:path"],
  },
  // A first configuration: clients' files are read, secrets found by their names, and the result is checked before it is written.
  setup: {
    folders: ["errors.ts", "clients", "config", "observe"],
    packages: ["yaml", "node:fs", "node:path"],
  },
  // It looks at what a server needs; backends are connected for it.
  doctor: {
    folders: ["errors.ts", "clients", "config", "observe", "secrets"],
    packages: ["node:fs", "node:path"],
  },
  // call and list are clients like any other, by the official SDK; they read where the gateway is from the YAML itself. Datagrams
  // to the service manager are libc's.
  cli: {
    folders: { allBut: ["main.ts"] },
    packages: [
      ...["citty", "node:fs", "node:path", "bun:ffi"],
      ...["@modelcontextprotocol/client", "yaml", "fastest-levenshtein"],
    ],
  },
  "main.ts": { folders: ["cli", "version.ts"], packages: ["citty"] },
};

const root = join(import.meta.dir, "..", "src");
const files = [...new Glob("**/*").scanSync(root)].sort();
const sources = new Map(files.map((file) => [file, readFileSync(join(root, file), "utf8")]));
const transpiler = new Transpiler({ loader: "ts" });

/** `src/backend/http.ts` belongs to `backend`, `src/model.ts` to itself. */
const layerOf = (file: string) => file.split("/", 1)[0] ?? file;

interface Import {
  /** A file of src/, or a package. */
  target: string;
  own: boolean;
  dynamic: boolean;
}

/** What a file imports at run time: the transpiler leaves out `import type` and `import { type … }`. */
function importsOf(file: string): Import[] {
  const source = (sources.get(file) ?? "").replace(/^#!/, "//");
  return transpiler.scanImports(source).map(({ path, kind }) => {
    const inside = path.startsWith(".") ? join(dirname(file), path) : path;
    const own = path.startsWith(".") && !inside.startsWith("..");
    return { target: inside.replace(/^\.\.\//, ""), own, dynamic: kind === "dynamic-import" };
  });
}

function allows({ folders, packages = [] }: Layer, from: string, { target, own }: Import): boolean {
  if (!own) return packages.some((name) => target === name || target.startsWith(`${name}/`));
  const layer = layerOf(target);
  return layer === from || (Array.isArray(folders) ? folders.includes(layer) : !folders.allBut.includes(layer));
}

/** The files that are loaded with this one, before it asks for any further. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const { target, own, dynamic } of importsOf(file)) if (own && !dynamic) loadedWith(target, seen);
  return seen;
}

describe("imports", () => {
  test("every folder and file of src/ has its row, and every row its folder or file", () => {
    expect([...new Set(files.map(layerOf))].toSorted()).toEqual(Object.keys(layers).toSorted());
  });

  test("lead nowhere but where the importing layer may look", () => {
    const forbidden = files.flatMap((file) => {
      const layer = layers[layerOf(file)] ?? { folders: [] };
      return importsOf(file).flatMap((found) =>
        allows(layer, layerOf(file), found) ? [] : `${file} → ${found.target}`,
      );
    });
    expect(forbidden).toEqual([]);
  });

  test("a command is loaded when it is asked for, and not before", () => {
    expect([...loadedWith("main.ts")].toSorted()).toEqual(["cli/stderr.ts", "cli/usage.ts", "main.ts", "version.ts"]);
  });

  test("model.ts has no code", () => {
    expect(
      transpiler
        .transformSync(sources.get("model.ts") ?? "")
        .replace("export {};", "")
        .trim(),
    ).toBe("");
  });

  test("types are free, values are not, however they are imported", () => {
    const scanned = transpiler.scanImports(`
      import type { A } from "./type.ts"; import { type B } from "./inline-type.ts"; export type { C } from "./exported-type.ts";
      import { d } from "./value.ts"; import "./effect.ts"; export { e } from "./exported.ts"; export * from "./all.ts";
      const f: A & B & import("./in-a-type.ts").F = await import("./dynamic.ts");
    `);
    const values = ["./value.ts", "./effect.ts", "./exported.ts", "./all.ts", "./dynamic.ts"];
    expect(scanned.map(({ path }) => path)).toEqual(values);
  });
});

describe("files", () => {
  const offending = (wrong: (file: string, source: string) => boolean) =>
    [...sources].filter(([file, source]) => wrong(file, source)).map(([file]) => file);

  test("lie in src/folder/file.ts; only tui has a third level", () => {
    expect(offending((file) => file.split("/").length > (layerOf(file) === "tui" ? 3 : 2))).toEqual([]);
  });

  test("have names that say something", () => {
    const vague = ["utils", "util", "helpers", "helper", "common", "core", "manager", "service"];
    const words = (file: string) =>
      [...dirname(file).split("/"), basename(file, ".ts")].flatMap((name) => name.split("-"));
    expect(offending((file) => words(file).some((word) => vague.includes(word)))).toEqual([]);
  });

  test("say in their first line what they are for", () => {
    expect(offending((_, source) => !/^(#!.*\n)?\/\/ \S.*\.\n/.test(source))).toEqual([]);
  });

  test("pass nothing on that is another file's", () => {
    const passesOn = /^export\s+(type\s+)?(\*|\{[^}]*\})\s*(as\s+\w+\s+)?from\b/m;
    expect(offending((file, source) => basename(file) === "index.ts" || passesOn.test(source))).toEqual([]);
  });

  test("have no variable of their own that changes", () => {
    expect(offending((_, source) => /^(export\s+)?(let|var)\s/m.test(source))).toEqual([]);
  });
});
