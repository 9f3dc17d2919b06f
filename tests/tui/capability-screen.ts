// The terminal UI in front of a living gateway with these backends, at its screen of capabilities.
import { type Living, living, tab } from "./living.ts";

export interface CapabilityScreen extends Living {
  /** Searches, and resolves when this is what is selected. */
  find(query: string, name: string): Promise<void>;
}

/** Starts both; the settings are further ones of the gateway. */
export async function showCapabilities(
  backends: Record<string, object>,
  size: readonly [number, number],
  settings: object = {},
): Promise<CapabilityScreen> {
  const shown = await living({ version: "1", backends, ...settings }, { size });
  const { robot } = shown;
  await robot.press(tab("Capabilities"));
  await robot.sees(/Tools [1-9]/);
  return {
    ...shown,
    find: async (query, name) => {
      await robot.press("/");
      await robot.type(query);
      await robot.press("RETURN");
      await robot.sees(`─ ${name} ─`);
    },
  };
}
