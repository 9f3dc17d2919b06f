// The settings of the terminal UI, from the file that the server would find.
import type { Environment } from "./expand.ts";
import { findConfig } from "./find.ts";
import { type LoadOptions, loadConfig } from "./load.ts";
import type { Config } from "./schema.ts";

export type ClientSettings = Config["client"];

/** What a client reads: what is wrong elsewhere is the server's business, and so are the secrets that are named there. */
const SECTIONS = ["version", "secrets", "client"];

/** Reads the section `client`; without a file there are no settings. Throws ConfigError. */
export async function loadClientSettings(
  environment: Environment,
  options: Pick<LoadOptions, "find"> = {},
): Promise<ClientSettings> {
  const file = await findConfig(undefined, environment).catch(() => undefined);
  if (file === undefined) return {};
  const { client } = await loadConfig(file, environment, { ...options, sections: SECTIONS });
  return client;
}
