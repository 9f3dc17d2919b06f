// Replaces ${NAME}, ${NAME:-default} and $${ in the string values of a configuration, once.
import type { Path, Problem } from "./problem.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

const REFERENCE = /\$(\$\{)|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}|\$\{[^}]*\}?/g;

/** The one value that may name a variable which is not set. */
const OPTIONAL = "server.management.token";

/** A word that names a secret; taken literally it would go out as a credential. */
const SECRET = /(?:^|\s)secret:[A-Za-z0-9]/;

/** Gives the value with all references replaced; an unset name without default is a problem, and all are found at once. */
export function expand(value: unknown, environment: Environment, problems: Problem[], path: Path = []): unknown {
  if (typeof value === "string") {
    const missing: Problem[] = [];
    const text = expandText(value, environment, (message) => missing.push({ path, message }));
    // No variable, no token: then the API serves this machine only.
    if (missing.length > 0 && path.join(".") === OPTIONAL && isReference(value)) return null;
    problems.push(...missing);
    return text;
  }
  if (Array.isArray(value)) return value.map((item, index) => expand(item, environment, problems, [...path, index]));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, expand(item, environment, problems, [...path, key])]),
  );
}

function expandText(text: string, environment: Environment, report: (message: string) => void): string {
  if (SECRET.test(text)) report("secret: references cannot be resolved yet; use an environment variable");
  return text.replace(REFERENCE, (whole, literal?: string, name = "", fallback?: string) => {
    if (literal) return literal;
    if (name === "") {
      report(`${whole} is no reference; write \${NAME} or \${NAME:-default}, or $\${ for a plain \${`);
      return whole;
    }
    const value = environment[name] || fallback || environment[name];
    if (value !== undefined) return value;
    if (fallback !== undefined) return fallback;
    report(`the environment variable ${name} is not set; set it, or write \${${name}:-default}`);
    return whole;
  });
}

function isReference(text: string): boolean {
  return /^\s*\$\{[A-Za-z_][A-Za-z0-9_]*\}\s*$/.test(text);
}
