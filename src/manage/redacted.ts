// The program as the management API shows it: what backends, clients and errors say, without secrets.
import type { Inventory, InventoryItem } from "../gateway/inventory.ts";
import { type Redactor, redactError } from "../observe/redact.ts";
import type { Program } from "./program.ts";

/** Events are redacted already when they are told. */
export function redacted(program: Program, redactor: Redactor): Program {
  const { redactValue } = redactor;
  return {
    ...program,
    backends: () => redactValue(program.backends()),
    printed: (name) => redactValue(program.printed(name)),
    security: () => redactValue(program.security()),
    sessions: () => redactValue(program.sessions()),
    inventory: () => redactedInventory(program.inventory(), redactor),
    lock: () => redactValue(program.lock()),
    reload: async () => redactValue(await program.reload()),
    reconnect: (name) =>
      program.reconnect(name).catch((error) => {
        throw redactError(error, redactor);
      }),
  };
}

/** The text of an item is left as it is, for nobody is shown it. */
function redactedInventory(inventory: Inventory, { redactValue }: Redactor): Inventory {
  const redactItem = ({ item, ...rest }: InventoryItem) => ({
    ...redactValue(rest),
    item: { text: item.text, body: redactValue(item.body) },
  });
  return {
    tools: inventory.tools.map(redactItem),
    prompts: inventory.prompts.map(redactItem),
    resources: inventory.resources.map(redactItem),
    resourceTemplates: inventory.resourceTemplates.map(redactItem),
  };
}
