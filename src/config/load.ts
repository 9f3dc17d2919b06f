// Reads, expands and checks the configuration file.
import { type Document, isMap, isNode, LineCounter, type Node, parseDocument, visit } from "yaml";
import { check } from "./check.ts";
import { type Environment, expand } from "./expand.ts";
import { lockOf } from "./lock-file.ts";
import { ConfigError, type Path, type Problem } from "./problem.ts";
import type { Config } from "./schema.ts";
import { type FindSecrets, type FoundSecrets, lookUp, NO_SECRETS, sourcesOf, withoutSecrets } from "./secrets.ts";
import type { Tls } from "./tls.ts";

export interface LoadOptions {
  /** Looks up the secrets that the file names. */
  find?: FindSecrets;
  /** Only these sections count; the others are as if they were not there. */
  sections?: readonly string[];
  /** Gets all values before they are checked: what is said of them must not show secrets. */
  learn?(values: unknown): void;
  /** False leaves argus.lock alone, even where it must be there. */
  locked?: boolean;
}

/** Reads a configuration with all defaults filled in, and the lock of its tools where that counts. Throws ConfigError that lists every problem with file, line and column. */
export async function loadConfig(
  file: string,
  environment: Environment,
  { find = async () => NO_SECRETS, learn, sections, locked = true }: LoadOptions = {},
): Promise<Config> {
  const source = narrowed(parse(await readText(file), file), sections);
  const problems: Problem[] = [];
  const secrets = await lookUp(source.value, environment, find, problems);
  refuse(source, problems);
  const config = configOf(source, { environment, secrets, ...(learn && { learn }) });
  const complete = config.server.tls ? await withTls(config, config.server.tls, source, learn) : config;
  const lock = locked ? lockOf(config.server.tool_lock, file) : undefined;
  return lock ? { ...complete, lock } : complete;
}

/** With the contents of the files in place of their names. */
async function withTls(config: Config, files: Tls, source: Source, learn: LoadOptions["learn"]): Promise<Config> {
  const problems: Problem[] = [];
  const { readTls } = await import("./tls.ts");
  const tls = await readTls(files, problems);
  learn?.({ private_key: tls.key });
  refuse(source, problems);
  return { ...config, server: { ...config.server, tls } };
}

/** As loadConfig, from text that names no secrets; `file` is only named in errors. */
export function parseConfig(text: string, file: string, environment: Environment): Config {
  return configOf(parse(text, file), { environment, secrets: NO_SECRETS });
}

interface Source {
  document: Document;
  value: unknown;
  /** `file:line:column` of an offset. */
  at(offset: number): string;
}

function parse(text: string, file: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  // The errors after the first are mostly its echoes.
  const [malformed] = document.errors;
  if (malformed) throw new ConfigError([`${at(malformed.pos[0])}: not valid YAML: ${malformed.message}`]);
  visit(document, {
    Alias(_, alias) {
      if (!alias.resolve(document)) {
        throw new ConfigError([
          `${at(startOf(alias))}: not valid YAML: there is no anchor &${alias.source} before the alias *${alias.source}`,
        ]);
      }
    },
  });
  return { document, value: toValue(document, file), at };
}

function narrowed(source: Source, sections: readonly string[] | undefined): Source {
  const { value } = source;
  if (!sections || typeof value !== "object" || value === null || Array.isArray(value)) return source;
  const kept = Object.entries(value).filter(([name]) => sections.includes(name));
  return { ...source, value: Object.fromEntries(kept) };
}

interface Surroundings extends Pick<LoadOptions, "learn"> {
  environment: Environment;
  secrets: FoundSecrets;
}

function configOf(source: Source, { environment, secrets, learn }: Surroundings): Config {
  const problems: Problem[] = [];
  const values = expand(source.value, sourcesOf(environment, secrets), problems);
  learn?.(values);
  const config = check(values, problems);
  refuse(
    source,
    problems.map(({ path, message }) => ({ path, message: withoutSecrets(message, secrets) })),
  );
  return config;
}

/** Throws ConfigError when there are problems, in the order of the file. */
function refuse({ document, at }: Source, problems: Problem[]): void {
  if (problems.length === 0) return;
  const placed = problems.map((problem) => ({ ...problem, offset: offsetOf(document, problem.path) }));
  placed.sort((a, b) => a.offset - b.offset);
  throw new ConfigError(
    placed.map(({ offset, path, message }) => `${at(offset)}: ${path.length ? `${path.join(".")}: ` : ""}${message}`),
  );
}

/** Aliases are resolved only here. */
function toValue(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new ConfigError([`${file}: not valid YAML: ${(error as Error).message}`]);
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await Bun.file(file).text();
  } catch (error) {
    throw new ConfigError([`${file}: cannot be read: ${(error as Error).message}`]);
  }
}

/** Where the value of a path stands, or the nearest thing around it. */
function offsetOf(document: Document, path: Path): number {
  const parent = path.length === 0 ? undefined : document.getIn(path.slice(0, -1), true);
  const container = path.length === 1 ? document.contents : parent;
  if (isMap(container)) {
    const pair = container.items.find(({ key }) => String(isNode(key) ? key.toJSON() : key) === String(path.at(-1)));
    if (isNode(pair?.key)) return startOf(pair.key);
  }
  const value = document.getIn(path, true);
  if (isNode(value)) return startOf(value);
  return path.length === 0 ? 0 : offsetOf(document, path.slice(0, -1));
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}
