// Makes one configuration of what was found in several places: names without clashes, no gateway behind itself, and nothing that is not valid.
import { isArgus } from "../clients/entries.ts";
import { check } from "../config/check.ts";
import { type Environment, expand } from "../config/expand.ts";
import type { Problem } from "../config/problem.ts";
import type { Definition, Found } from "./found.ts";
import type { SecretTaker, Taken } from "./secrets.ts";
import { settled } from "./variables.ts";

/** A backend of the configuration to be. */
export interface Planned {
  name: string;
  definition: Definition;
  /** All places where it was found. */
  sources: string[];
  notes: string[];
}

export interface Plan {
  backends: Planned[];
  /** What cannot be one, and why. */
  leftOut: { name: string; source: string; why: string }[];
  secrets: Taken[];
}

export interface PlanOptions {
  environment: Environment;
  /** The gateway that the configuration will be for. */
  gateway: URL;
  /** Takes the secrets out. */
  taker: SecretTaker;
}

/** Throws nothing: what cannot be taken over is left out, and told. */
export function planOf(found: readonly Found[], { environment, gateway, taker }: PlanOptions): Plan {
  const plan: Plan = { backends: [], leftOut: [], secrets: taker.taken };
  for (const { name, source, definition, notes } of found) {
    const leave = (why: string) => plan.leftOut.push({ name, source, why });
    if (!definition) leave(notes.join("; ").replace(/^left out: /, ""));
    else if (isArgus({ name, definition: { ...definition } }, gateway)) leave("it is Argus itself");
    else add(plan, { name, definition, sources: [source], notes: [...notes] });
  }
  plan.backends = plan.backends.flatMap((backend) => {
    const ready = { ...backend, definition: finished(backend, taker, environment) };
    const problem = problemOf(ready, environment);
    if (problem === undefined) return [ready];
    plan.leftOut.push({ name: backend.name, source: backend.sources.join(", "), why: problem });
    return [];
  });
  // A backend that was left out needs no secrets.
  plan.secrets = taker.taken.filter(({ backend }) => plan.backends.some(({ name }) => name === backend));
  return plan;
}

/** The same server in two places is one backend; two servers of one name get two. */
function add({ backends }: Plan, next: Planned): void {
  const wanted = valid(next.name);
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    const there = backends.find((other) => other.name.toLowerCase() === name.toLowerCase());
    if (there && Bun.deepEquals(there.definition, next.definition)) {
      there.sources.push(...next.sources);
      return;
    }
    if (there) continue;
    if (name !== next.name) next.notes.unshift(`called ${next.name} there`);
    backends.push({ ...next, name });
    return;
  }
}

/** A name for a backend: letters, digits, _ . and -, and no number alone. */
function valid(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9_.-]+/g, "-").replace(/^[^A-Za-z0-9]+|-+$/g, "");
  if (plain === "") return "server";
  return /^\d+$/.test(plain) ? `server-${plain}` : plain;
}

function finished({ name, definition, notes }: Planned, taker: SecretTaker, environment: Environment): Definition {
  const each = (value: unknown): unknown => {
    if (typeof value === "string") return settled(value, environment, notes);
    if (Array.isArray(value)) return value.map(each);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, each(item)]));
  };
  const [before, result] = [taker.taken.length, taker.without(name, each(definition) as Definition)];
  if (taker.place === "environment")
    for (const secret of taker.taken.slice(before))
      notes.push(`${secret.name} was not copied: set it, or write secret:NAME`);
  return result;
}

/** Why the configuration would not be valid with it. */
function problemOf({ name, definition }: Planned, environment: Environment): string | undefined {
  const problems: Problem[] = [];
  const values = expand(
    { version: "1", backends: { [name]: definition } },
    { environment, secret: () => ({ value: "x" }) },
    problems,
  );
  check(values, problems);
  const [problem] = problems;
  return problem && `${problem.path.slice(2).join(".")}: ${problem.message}`;
}
