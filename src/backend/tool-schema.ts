// Checks a tool's JSON Schemas against their meta-schema: clients reject a whole list for one that is not valid.
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { JsonObject } from "../model.ts";
import { isObject } from "../protocol/message.ts";

const options = { strict: false, validateFormats: false, logger: false } as const;
const draft7 = new Ajv(options);
const latest = new Ajv2020(options);

/** Says what is wrong with a tool's schemas, or nothing. Meta-schemas other than 2020-12 (the default) and draft-07 pass unchecked. */
export function schemaProblem({ inputSchema, outputSchema }: JsonObject): string | undefined {
  if (!isObject(inputSchema) || inputSchema.type !== "object")
    return 'inputSchema must be a JSON Schema of type "object"';
  if (outputSchema !== undefined && !isObject(outputSchema)) return "outputSchema must be a JSON Schema";
  return problemOf("inputSchema", inputSchema) ?? (outputSchema && problemOf("outputSchema", outputSchema));
}

function problemOf(name: string, schema: JsonObject): string | undefined {
  const dialect = String(schema.$schema ?? "2020-12");
  const ajv = dialect.includes("2020-12") ? latest : dialect.includes("draft-07") ? draft7 : undefined;
  if (!ajv || ajv.validateSchema({ ...schema, $schema: undefined, $id: undefined })) return undefined;
  return `${name} is not a valid JSON Schema: ${ajv.errorsText(ajv.errors, { dataVar: name })}`;
}
