// Says what is wrong with a value by its schema, in words for people.
import { CfWorkerJsonSchemaValidator } from "@modelcontextprotocol/client/validators/cf-worker";
import { isObject } from "../schema.ts";

/** Gives what is wrong with a value, or nothing. */
export type Check = (value: unknown) => string | undefined;

const TYPE = /^Instance type "(\w+)" is invalid\. Expected "(.+)"\.$/;

/** A check by this schema, whose references lead into `root`. A schema that cannot be used finds no fault: the server has the last word. */
export function checkBy(schema: unknown, root: unknown): Check {
  const { $defs, definitions } = isObject(root) ? root : {};
  const whole = schema === root ? schema : { ...(isObject(schema) ? schema : {}), $defs, definitions };
  const validator = new CfWorkerJsonSchemaValidator();
  return (value) => {
    try {
      const { errorMessage } = validator.getValidator(isObject(whole) ? whole : {})(value);
      return errorMessage === undefined ? undefined : worded(errorMessage);
    } catch {
      return undefined;
    }
  };
}

/** The innermost of the library's errors, which says what the others are about. */
function worded(errors: string): string {
  const last = errors.split("; #").at(-1) ?? errors;
  const [, place = "", message = last] = /^#?(\S*): (.*)$/s.exec(last) ?? [];
  const where = place === "" ? "" : `${place.slice(1)}: `;
  return where + message.replace(TYPE, (_, given, wanted) => `${wanted} is wanted, not ${given}`).replace(/\.$/, "");
}
