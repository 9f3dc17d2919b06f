// Checks the configuration and the secrets that it names, and gives it as far as it is right.
import { findConfig } from "../config/find.ts";
import { loadConfig } from "../config/load.ts";
import { ConfigError } from "../config/problem.ts";
import type { Config } from "../config/schema.ts";
import { describe } from "../errors.ts";
import { counted } from "../observe/counted.ts";
import type { Redactor } from "../observe/redact.ts";
import { secretsIn } from "../observe/sensitive.ts";
import { variableFor } from "../secrets/env.ts";
import { findSecrets } from "../secrets/resolve.ts";
import { secretsFile } from "../secrets/store.ts";
import { type Finding, failed, ok } from "./finding.ts";

export interface Loaded {
  findings: Finding[];
  /** Absent where it is not valid. */
  config?: Config;
  /** Whether all secrets are there; without them no backend is connected. */
  complete: boolean;
}

/** Reads the configuration as the server would, but goes on without the secrets that are missing. */
export async function loadConfiguration(given: string | undefined, redactor: Redactor): Promise<Loaded> {
  const secrets: Finding[] = [];
  try {
    const file = await findConfig(given, process.env);
    const config = await loadConfig(file, process.env, {
      find: (names, where) => lookUp(names, where, redactor, secrets),
      learn: (values) => redactor.learn(secretsIn(values)),
    });
    const count = Object.keys(config.backends).length;
    const valid = ok("configuration", `${file} is valid, with ${counted(count, "backend")}`);
    const none =
      count === 0
        ? [
            failed(
              "configuration",
              "there are no backends",
              "put one into it; argus-mcp init takes those that your clients have",
            ),
          ]
        : [];
    const complete = secrets.every(({ state }) => state === "ok");
    return { findings: [valid, ...none, ...secrets], config, complete };
  } catch (error) {
    return { findings: [...secrets, ...problems(error)], complete: false };
  }
}

function problems(error: unknown): Finding[] {
  const [first = "", ...rest] = error instanceof ConfigError ? error.lines : [describe(error)];
  if (first.startsWith("no configuration found"))
    return [failed("configuration", first.replace(/[:.]$/, ""), "argus-mcp init writes one")];
  return [first, ...rest].map((line) => failed("configuration", line, "mend the file"));
}

/** What is missing is told here; empty values then take its place, so that the rest can be checked. */
async function lookUp(names: readonly string[], where: Config["secrets"], redactor: Redactor, findings: Finding[]) {
  const place = `the ${where.provider} store`;
  try {
    const found = await findSecrets(names, where, process.env);
    redactor.learn(found.values.values());
    const missing = names.filter((name) => !found.values.has(name));
    for (const name of missing)
      findings.push(failed("secrets", `there is no secret ${name} in ${found.place}`, howToSet(name, where)));
    const count = names.length - missing.length;
    if (count > 0) findings.push(ok("secrets", `${count} of ${names.length} that are named are in ${found.place}`));
    return { place: found.place, values: new Map(names.map((name) => [name, found.values.get(name) ?? ""])) };
  } catch (error) {
    findings.push(failed("secrets", describe(error), "without it no backend that needs a secret can work"));
    return { place, values: new Map(names.map((name) => [name, ""])) };
  }
}

function howToSet(name: string, { provider, path }: Config["secrets"]): string {
  if (provider === "env") return `set ${variableFor(name)}`;
  const command = `argus-mcp secret set ${name}`;
  if (provider !== "file") return `${command} --provider ${provider}`;
  const file = secretsFile(process.env, path);
  return file === secretsFile(process.env) ? command : `${command} --path ${file}`;
}
