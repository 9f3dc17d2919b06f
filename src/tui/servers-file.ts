// The file with the list of servers: read with the place of whatever is wrong, and replaced whole or not at all.
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import { describe, GatewayError } from "../errors.ts";

export interface ServerEntry {
  name: string;
  /** Where it is, without `/manage/v1`. */
  url: string;
  /** Of its management API. */
  token?: string;
}

/** What the file says; keys that this version does not know are kept. */
export interface ServersContent {
  version: "1";
  /** The name of the server that was shown last. */
  active?: string | null;
  servers: ServerEntry[];
}

type Path = readonly (string | number)[];

interface Problem {
  path: Path;
  message: string;
}

/** Reads the file; nothing where there is none. Throws GatewayError `config` that lists every problem with file, line and column. */
export function readServers(path: string): ServersContent | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new GatewayError("config", `cannot read ${path}: ${describe(error)}`);
  }
  return parseServers(text, path);
}

/** As readServers, from text; `path` is only named in errors. */
export function parseServers(text: string, path: string): ServersContent {
  const lines = new LineCounter();
  // JSON is YAML, whose parser knows where everything stands.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${line}:${col}`;
  };
  const [malformed] = document.errors;
  if (malformed) throw new GatewayError("config", `${at(malformed.pos[0])}: not valid JSON: ${malformed.message}`);
  const content: unknown = document.toJS();
  const problems = problemsOf(content);
  if (problems.length === 0) return content as ServersContent;
  const placed = problems.map((problem) => `${at(offsetOf(document, problem.path))}: ${textOf(problem)}`);
  throw new GatewayError("config", placed.join("\n"));
}

/** Replaces the file; only its owner can read it. Throws GatewayError `config`. */
export function writeServers(path: string, content: ServersContent): void {
  const target = targetOf(path);
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    const file = openSync(temporary, "w", 0o600);
    try {
      writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new GatewayError("config", `cannot write ${path}: ${describe(error)}`);
  }
}

/** What is wrong with a server's URL, if anything is. */
export function faultOfUrl(url: unknown): string | undefined {
  const parsed = typeof url === "string" ? URL.parse(url) : null;
  if (!parsed || !/^https?:$/.test(parsed.protocol))
    return `${JSON.stringify(url)} is no URL that begins with http:// or https://`;
  if (parsed.username || parsed.password) return "a URL must not have a user or a password; there is `token` for that";
  return undefined;
}

function problemsOf(content: unknown): Problem[] {
  if (!isRecord(content)) return [{ path: [], message: 'expected {"version": "1", "servers": […]}' }];
  const { version, active = null, servers } = content;
  const problems: Problem[] = [];
  if (version !== "1") problems.push({ path: ["version"], message: `expected "1", but is ${JSON.stringify(version)}` });
  if (active !== null && typeof active !== "string")
    problems.push({ path: ["active"], message: "expected the name of a server" });
  if (!Array.isArray(servers)) problems.push({ path: ["servers"], message: "expected a list of servers" });
  else problems.push(...servers.flatMap((server, index) => problemsOfEntry(server, index, servers)));
  return problems;
}

function problemsOfEntry(entry: unknown, index: number, all: readonly unknown[]): Problem[] {
  const path = ["servers", index];
  if (!isRecord(entry)) return [{ path, message: 'expected {"name": …, "url": …}' }];
  const { name, url, token = null } = entry;
  const problems: Problem[] = [];
  if (typeof name !== "string" || name === "") problems.push({ path: [...path, "name"], message: "expected a name" });
  else if (all.findIndex((other) => isRecord(other) && other.name === name) < index)
    problems.push({ path: [...path, "name"], message: `there is another server ${JSON.stringify(name)} before` });
  const fault = faultOfUrl(url);
  if (fault !== undefined) problems.push({ path: [...path, "url"], message: fault });
  if (token !== null && typeof token !== "string")
    problems.push({ path: [...path, "token"], message: "expected a text" });
  return problems;
}

function textOf({ path, message }: Problem): string {
  return path.length > 0 ? `${path.join(".")}: ${message}` : message;
}

/** Where a value stands, or the nearest thing around it. */
function offsetOf(document: Document, path: Path): number {
  const node = path.length > 0 ? document.getIn(path, true) : document.contents;
  if (isNode(node)) return node.range?.[0] ?? 0;
  return path.length > 0 ? offsetOf(document, path.slice(0, -1)) : 0;
}

/** The file that a link leads to stays where it is. */
function targetOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
