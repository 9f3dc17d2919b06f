// Replaces ${NAME}, ${NAME:-default}, references to secrets and $${ in the string values of a configuration, once.
import type { Path, Problem } from "./problem.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What references stand for. */
export interface Sources {
  environment: Environment;
  /** The value of a secret for the value at this path, or why there is none. */
  secret(name: string, path: Path): { value: string } | { problem: string };
}

/** One value, and where what is wrong with it is told. */
interface Place extends Sources {
  path: Path;
  report(message: string): void;
}

const REFERENCE =
  /\$(?<literal>\$\{)|\$\{secret:(?<secret>[^}]*)\}|(?<=^|\s)secret:(?<word>\S+)|\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?<fallback>[^}]*))?\}|\$\{[^}]*\}?/g;

/** A default may be a secret. */
const WORD = /(?<=^|\s)secret:(\S+)/g;

const SECRET_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** The one value that may name a variable which is not set. */
const OPTIONAL = "server.management.token";

/** Gives the value with all references replaced; one that stands for nothing is a problem, and all are found at once. */
export function expand(value: unknown, sources: Sources, problems: Problem[], path: Path = []): unknown {
  if (typeof value === "string") {
    const missing: Problem[] = [];
    const text = expandText(value, { ...sources, path, report: (message) => missing.push({ path, message }) });
    // No variable, no token: then the API serves this machine only.
    if (missing.length > 0 && path.join(".") === OPTIONAL && isVariable(value)) return null;
    problems.push(...missing);
    return text;
  }
  if (Array.isArray(value)) return value.map((item, index) => expand(item, sources, problems, [...path, index]));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, expand(item, sources, problems, [...path, key])]),
  );
}

function expandText(text: string, place: Place): string {
  return text.replace(REFERENCE, (whole: string, ...match) => {
    const { literal, secret, word, name, fallback } = match.at(-1) as Partial<Record<string, string>>;
    if (literal !== undefined) return literal;
    if (secret !== undefined || word !== undefined) return secretOf(secret ?? word ?? "", place) ?? whole;
    if (name !== undefined) return variableOf(name, fallback, place) ?? whole;
    place.report(`${whole} is no reference; write \${NAME} or \${NAME:-default}, or $\${ for a plain \${`);
    return whole;
  });
}

/** Taken literally, what names no secret would go out as a credential. */
function secretOf(name: string, { secret, path, report }: Place): string | undefined {
  const found = SECRET_NAME.test(name)
    ? secret(name, path)
    : { problem: `${JSON.stringify(name)} is no name for a secret; write secret:NAME or \${secret:NAME}` };
  if ("value" in found) return found.value;
  report(found.problem);
  return undefined;
}

function variableOf(name: string, fallback: string | undefined, place: Place): string | undefined {
  const value = place.environment[name];
  if (value || (value === "" && !fallback)) return value;
  if (fallback !== undefined) return fallback.replace(WORD, (whole, secret) => secretOf(secret, place) ?? whole);
  place.report(`the environment variable ${name} is not set; set it, or write \${${name}:-default}`);
  return undefined;
}

function isVariable(text: string): boolean {
  return /^\s*\$\{[A-Za-z_][A-Za-z0-9_]*\}\s*$/.test(text);
}
