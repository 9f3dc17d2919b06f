// Checks a configuration against its schema and the rules that no schema can say; all problems at once.
import type { TSchema } from "@sinclair/typebox";
import { Value, type ValueError, ValueErrorType } from "@sinclair/typebox/value";
import { closest, distance } from "fastest-levenshtein";
import { checkAuthorization } from "./authorization.ts";
import { type BackendConfig, type BackendType, BackendTypes } from "./backend-schema.ts";
import { coerce } from "./coerce.ts";
import { checkIncomingAuth } from "./incoming-auth.ts";
import { checkOutgoingAuth } from "./outgoing-auth.ts";
import type { Path, Problem } from "./problem.ts";
import { type Config, Settings } from "./schema.ts";

const BACKEND_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** What people write for a type when they mean another. */
const TYPE_HINTS: Record<string, BackendType> = {
  http: "streamable-http",
  https: "streamable-http",
  streamable_http: "streamable-http",
  streamableHttp: "streamable-http",
  streamable: "streamable-http",
  command: "stdio",
  local: "stdio",
};

/** Gives the configuration with all defaults filled in, as far as it is right; problems are added to the list. */
export function check(value: unknown, problems: Problem[]): Config {
  const settings = checkAgainst(Settings, value ?? {}, [], problems) as Config;
  if (isRecord(value)) checkIncomingAuth(settings.incoming_auth, value.incoming_auth, problems);
  const malformed = problems.some(({ path }) => path.length === 0 || path.join() === "backends");
  const named = malformed ? {} : settings.backends;
  const backends = Object.entries(named).map(
    ([name, backend]) => [name, checkBackend(name, backend, problems)] as const,
  );
  const config = { ...settings, backends: Object.fromEntries(backends) };
  if (problems.length === 0) {
    checkOrder(config, problems);
    checkAuthorization(config, problems);
    checkTelemetry(config, problems);
  }
  return config;
}

function checkBackend(name: string, value: unknown, problems: Problem[]): BackendConfig {
  const path = ["backends", name];
  if (!BACKEND_NAME.test(name)) {
    problems.push({
      path,
      message: "a backend's name has letters, digits, _ . and -, and begins with a letter or digit",
    });
  }
  // JavaScript puts such keys in front, and the order of backends decides who keeps a name.
  if (/^\d+$/.test(name)) problems.push({ path, message: "a backend's name must not be a number alone" });
  const type = isRecord(value) ? value.type : undefined;
  const schema =
    typeof type === "string" && Object.hasOwn(BackendTypes, type) ? BackendTypes[type as BackendType] : undefined;
  if (!schema) {
    problems.push(typeProblem(path, type));
    return value as BackendConfig;
  }
  const backend = checkAgainst(schema, value, path, problems) as BackendConfig;
  if (backend.type === "sse" && backend.command === undefined) {
    for (const key of ["args", "env", "cwd"]) {
      if (Object.hasOwn(value as object, key))
        problems.push({ path: [...path, key], message: `${key} needs a command` });
    }
  }
  if ("url" in backend && /^https?:/.test(backend.url) && !URL.canParse(backend.url)) {
    problems.push({ path: [...path, "url"], message: `${JSON.stringify(backend.url)} is not a URL` });
  }
  checkOutgoingAuth(backend, value, path, problems);
  return backend;
}

function typeProblem(path: Path, type: unknown): Problem {
  const types = Object.keys(BackendTypes).join(", ");
  if (type === undefined) return { path, message: `type is missing; it is one of ${types}` };
  const meant = Object.hasOwn(TYPE_HINTS, String(type))
    ? TYPE_HINTS[String(type)]
    : nearest(String(type), Object.keys(BackendTypes));
  return { path: [...path, "type"], message: `unknown type ${JSON.stringify(type)}${hint(meant)}; types are ${types}` };
}

/** A name in `order` that no backend has is a mistake in spelling. */
function checkOrder({ conflict_resolution, backends }: Config, problems: Problem[]): void {
  conflict_resolution.order.forEach((name, index) => {
    if (Object.hasOwn(backends, name)) return;
    const message = `there is no backend ${JSON.stringify(name)}${hint(nearest(name, Object.keys(backends)))}`;
    problems.push({ path: ["conflict_resolution", "order", index], message });
  });
}

function checkTelemetry({ telemetry: { otlp_endpoint: endpoint } }: Config, problems: Problem[]): void {
  if (URL.canParse(endpoint)) return;
  problems.push({ path: ["telemetry", "otlp_endpoint"], message: `${JSON.stringify(endpoint)} is not a URL` });
}

function checkAgainst(schema: TSchema, value: unknown, path: Path, problems: Problem[]): unknown {
  const coerced = coerce(schema, value);
  // Filling in defaults makes an object of a list, and a list of an object: what stands for the other is found before.
  const mistaken = [...Value.Errors(schema, coerced)].filter(
    ({ type, value }) =>
      (type === ValueErrorType.Object && Array.isArray(value)) || (type === ValueErrorType.Array && isRecord(value)),
  );
  const complete = Value.Default(schema, coerced);
  const seen = new Set<string>();
  for (const error of [...mistaken, ...Value.Errors(schema, complete)]) {
    // One mistake can break several rules; the first says it best.
    if (seen.has(error.path)) continue;
    seen.add(error.path);
    const place = [...path, ...pathOf(error.path)];
    const known = problems.some((problem) => problem.path.join("/") === place.join("/"));
    if (!known) problems.push({ path: place, message: messageOf(error, schema) });
  }
  return complete;
}

function messageOf({ type, path, value, message, schema }: ValueError, root: TSchema): string {
  const key = pathOf(path).at(-1) ?? "";
  if (type === ValueErrorType.ObjectAdditionalProperties) {
    return `unknown key "${key}"${hint(nearest(key, Object.keys(propertiesAt(root, pathOf(path).slice(0, -1)))))}`;
  }
  if (type === ValueErrorType.ObjectRequiredProperty)
    return `${key} is missing: ${schema.description ?? "it is required"}`;
  if (type === ValueErrorType.Union) {
    const allowed = (schema.anyOf as TSchema[]).map((literal) => String(literal.const));
    return `${JSON.stringify(value)} is not one of ${allowed.join(", ")}${hint(nearest(String(value), allowed))}`;
  }
  return `${lowerFirst(message)}, but is ${JSON.stringify(value)}${schema.description ? ` (${schema.description})` : ""}`;
}

function propertiesAt(schema: TSchema, path: readonly string[]): Record<string, TSchema> {
  let at: TSchema | undefined = schema;
  for (const key of path)
    at = at?.properties?.[key] ?? Object.values((at?.patternProperties ?? {}) as Record<string, TSchema>)[0];
  return (at?.properties ?? {}) as Record<string, TSchema>;
}

/** A JSON pointer's parts (RFC 6901 §4). */
function pathOf(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function nearest(word: string, words: readonly string[]): string | undefined {
  if (words.length === 0) return undefined;
  const best = closest(word, [...words]);
  return distance(word, best) <= Math.max(2, Math.floor(best.length / 3)) ? best : undefined;
}

function hint(word: string | undefined): string {
  return word === undefined ? "" : ` — did you mean "${word}"?`;
}

function lowerFirst(sentence: string): string {
  return sentence.slice(0, 1).toLowerCase() + sentence.slice(1);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
