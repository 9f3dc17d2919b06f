// Finds the secrets that a configuration names, and has them looked up, all at once.
import { GatewayError } from "../errors.ts";
import { check } from "./check.ts";
import { type Environment, expand, type Sources } from "./expand.ts";
import type { Problem } from "./problem.ts";
import type { Config } from "./schema.ts";

export interface FoundSecrets {
  values: ReadonlyMap<string, string>;
  /** Where they were looked for, for people. */
  place: string;
}

/** Looks up secrets where the configuration's own section says; those that are missing are left out. Throws GatewayError when the store cannot be read. */
export type FindSecrets = (names: readonly string[], where: Config["secrets"]) => Promise<FoundSecrets>;

export const NO_SECRETS: FoundSecrets = { values: new Map(), place: "the store, which was not opened" };

/** What stands for a value that nothing may show. */
const REDACTED = "***REDACTED***";

/** Looks up what the values name. Without references nothing is opened. A store that cannot be read is a problem, and so is a wrong section. */
export async function lookUp(
  value: unknown,
  environment: Environment,
  find: FindSecrets,
  problems: Problem[],
): Promise<FoundSecrets> {
  const names = new Set<string>();
  const collect: Sources = {
    environment,
    secret: (name, path) => {
      if (path[0] !== "secrets") names.add(name);
      return { value: "" };
    },
  };
  const { secrets } = (expand(value, collect, []) ?? {}) as { secrets?: unknown };
  if (names.size === 0) return NO_SECRETS;
  const config = check({ version: "1", secrets }, problems);
  if (problems.length > 0) return NO_SECRETS;
  try {
    return await find([...names], config.secrets);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    problems.push({ path: ["secrets"], message: error.message });
    return NO_SECRETS;
  }
}

/** What references stand for, once secrets were looked up. */
export function sourcesOf(environment: Environment, { values, place }: FoundSecrets): Sources {
  return {
    environment,
    secret: (name, path) => {
      if (path[0] === "secrets") return { problem: "the section that says where secrets are cannot have one itself" };
      const value = values.get(name);
      return value === undefined ? { problem: `there is no secret ${JSON.stringify(name)} in ${place}` } : { value };
    },
  };
}

/** The message without the values, which an error may quote. */
export function withoutSecrets(message: string, { values }: FoundSecrets): string {
  const longestFirst = [...values.values()].sort((a, b) => b.length - a.length);
  return longestFirst.reduce((text, value) => text.replaceAll(JSON.stringify(value).slice(1, -1), REDACTED), message);
}
