// Looks up the secrets that a configuration names.

import type { Config } from "../config/schema.ts";
import type { FoundSecrets } from "../config/secrets.ts";
import { type Environment, openStore, secretsFile } from "./store.ts";

/** The values of these names, from the store that the configuration means. Throws GatewayError `config` when it cannot be read. */
export async function findSecrets(
  names: readonly string[],
  { provider, path }: Config["secrets"],
  environment: Environment,
): Promise<FoundSecrets> {
  const store = await openStore(provider, secretsFile(environment, path), environment);
  return { values: await store.read(names), place: store.place };
}
