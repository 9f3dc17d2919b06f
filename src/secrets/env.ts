// Secrets in environment variables, as CI systems and containers give them: my-api-key is SECRET_MY_API_KEY.
import { GatewayError } from "../errors.ts";
import { variableOf } from "./names.ts";
import type { Environment, SecretStore } from "./store.ts";

const PREFIX = "SECRET_";

/** `my-api-key` → `SECRET_MY_API_KEY`. */
export function variableFor(name: string): string {
  return PREFIX + variableOf(name);
}

/** Reads only. An empty variable counts as missing: that is what CI makes of a secret that it does not have. */
export function envStore(environment: Environment): SecretStore {
  const readOnly = () => {
    throw new GatewayError("config", "secrets in the environment are read only: set or unset the variable instead");
  };
  return {
    place: `the environment, where my-api-key is ${PREFIX}MY_API_KEY`,
    names: async () =>
      Object.keys(environment)
        .filter((variable) => new RegExp(`^${PREFIX}[A-Z0-9][A-Z0-9_]*$`).test(variable) && environment[variable])
        .map((variable) => variable.slice(PREFIX.length).toLowerCase().replaceAll("_", "-"))
        .sort(),
    read: async (names) =>
      new Map(
        names.flatMap((name) => {
          const value = environment[variableFor(name)];
          return value ? [[name, value] as const] : [];
        }),
      ),
    set: async () => readOnly(),
    delete: async () => readOnly(),
  };
}
