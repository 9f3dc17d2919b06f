// Finds the configuration file.
import { existsSync } from "node:fs";
import type { Environment } from "./expand.ts";
import { ConfigError } from "./problem.ts";

/** A server that anybody can run who has Node. */
export const EXAMPLE = `backends:
  memory:
    type: stdio
    command: npx
    args: [-y, "@modelcontextprotocol/server-memory"]`;

const SMALLEST = `version: "1"\n${EXAMPLE}`;

/** The file to load: the one given, else that of ARGUS_CONFIG, else config.yaml or config.yml here. Throws ConfigError. */
export async function findConfig(given: string | undefined, environment: Environment): Promise<string> {
  const named = given ?? environment.ARGUS_CONFIG;
  if (named) {
    if (await Bun.file(named).exists()) return named;
    const problem = existsSync(named) ? "that is a folder, and no file" : "no such file";
    throw new ConfigError([`${named}: ${problem} (named by ${given ? "--config" : "ARGUS_CONFIG"})`]);
  }
  for (const name of ["config.yaml", "config.yml"]) if (await Bun.file(name).exists()) return name;
  throw new ConfigError([
    "no configuration found: looked at --config, at ARGUS_CONFIG, and for config.yaml and config.yml in the working directory.",
    "The smallest valid file is",
    "",
    SMALLEST,
  ]);
}

/** The same for somebody who can do without: nothing where there is none, unless one is named. Throws ConfigError. */
export async function findIfAny(given: string | undefined, environment: Environment): Promise<string | undefined> {
  return await findConfig(given, environment).catch((error) => {
    if (given ?? environment.ARGUS_CONFIG) throw error;
    return undefined;
  });
}
