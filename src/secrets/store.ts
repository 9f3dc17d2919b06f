// What every store of secrets offers, and which one is meant.
import { homedir } from "node:os";
import { join } from "node:path";
import type { Config } from "../config/schema.ts";
import { envStore } from "./env.ts";
import { keychainStore } from "./keychain.ts";

/** Every method throws GatewayError `config` when the store cannot do it, with a sentence for whoever has to mend it. */
export interface SecretStore {
  /** Where the secrets are, for people. */
  readonly place: string;
  /** The names of all secrets, sorted. */
  names(): Promise<string[]>;
  /** The values of those of these names that there are. */
  read(names: readonly string[]): Promise<Map<string, string>>;
  set(name: string, value: string): Promise<void>;
  /** Resolves with whether there was one. */
  delete(name: string): Promise<boolean>;
}

export type Provider = Config["secrets"]["provider"];

export type Environment = Readonly<Record<string, string | undefined>>;

/** The store of this kind; `path` counts for `file` only. */
export async function openStore(provider: Provider, path: string, environment: Environment): Promise<SecretStore> {
  if (provider === "env") return envStore(environment);
  if (provider === "keychain") return keychainStore();
  const [{ fileStore }, { findMasterKey }] = await Promise.all([import("./file.ts"), import("./key.ts")]);
  return fileStore(path, () => findMasterKey(environment));
}

/** The file of secrets: that of ARGUS_SECRETS_FILE, else the configured one, else the user's own. */
export function secretsFile(environment: Environment, configured?: string): string {
  const { ARGUS_SECRETS_FILE: named, XDG_CONFIG_HOME: home } = environment;
  return named || configured || join(home || join(homedir(), ".config"), "argus-mcp", "secrets.enc");
}
