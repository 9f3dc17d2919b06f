// Secrets in the operating system's keychain, under the service argus-mcp.
import { describe, GatewayError } from "../errors.ts";
import { mustBeName } from "./names.ts";
import type { SecretStore } from "./store.ts";

const SERVICE = "argus-mcp";

export function keychainStore(): SecretStore {
  return {
    place: "the keychain",
    names: async () => {
      throw new GatewayError("config", `the keychain does not tell which names it has under ${SERVICE}; name them`);
    },
    read: async (names) => {
      const values = new Map<string, string>();
      for (const name of names) {
        const value = await readKeychain(name);
        if (value !== undefined) values.set(name, value);
      }
      return values;
    },
    set: async (name, value) => {
      mustBeName(name);
      await asked(() => Bun.secrets.set({ service: SERVICE, name, value }));
    },
    delete: (name) => asked(() => Bun.secrets.delete({ service: SERVICE, name })),
  };
}

/** The value of one entry, if there is one. Throws GatewayError `config` where there is no keychain. */
export async function readKeychain(name: string): Promise<string | undefined> {
  return (await asked(() => Bun.secrets.get({ service: SERVICE, name }))) ?? undefined;
}

async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw new GatewayError("config", `the operating system's keychain is not available: ${describe(error)}`);
  }
}
