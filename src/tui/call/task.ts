// What can be done with each capability as one kind of task: what it wants, and how it is asked for.
import type { JsonObject } from "../../model.ts";
import type { Company, McpClient } from "../mcp.ts";
import type { Entry } from "../screens/offer.ts";
import { isDestructive, promptSchema } from "../screens/offer-detail.ts";
import { templateOf } from "./template.ts";

export interface Task {
  /** The exposed name. */
  readonly name: string;
  /** What it does, as a word: `call`. */
  readonly verb: "call" | "get" | "read";
  readonly description: string;
  /** JSON Schema of what it wants. */
  readonly schema: unknown;
  /** Whether it says of itself that it destroys. */
  readonly destructive: boolean;
  run(client: McpClient, input: JsonObject, company: Company): Promise<JsonObject>;
}

/** What is done with a capability when it is used. */
export function taskOf(entry: Exclude<Entry, { kind: "resource_templates" }>): Task {
  const { name, description } = entry;
  const known = { name, description, destructive: false };
  switch (entry.kind) {
    case "tools": {
      const { input_schema: schema, annotations } = entry.record;
      return {
        ...{ ...known, verb: "call", schema, destructive: isDestructive(annotations) },
        run: (client, input, company) => client.call({ tool: name, arguments: input, ...company }),
      };
    }
    case "prompts":
      return {
        ...{ ...known, verb: "get", schema: promptSchema(entry.record) },
        run: (client, input, company) => client.prompt({ prompt: name, arguments: input, ...company }),
      };
    case "resources":
      return {
        ...{ ...known, verb: "read", schema: {} },
        run: (client, _, company) => client.read({ uri: name, ...company }),
      };
  }
}

/** What is done with a resource template: its variables are asked for. */
export async function templateTask({ name, description }: Entry): Promise<Task> {
  const { variables, expand } = await templateOf(name);
  const properties = Object.fromEntries(variables.map((variable) => [variable, { type: "string" }]));
  return {
    ...{ name, description, destructive: false, verb: "read" },
    schema: { type: "object", properties, required: variables },
    run: async (client, input, company) => await client.read({ uri: expand(textsOf(input)), ...company }),
  };
}

function textsOf(input: JsonObject): Record<string, string> {
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, String(value)]));
}
