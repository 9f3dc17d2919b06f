// Wrong usage of the command line: what was wrong, and exit code 2.
import type { ArgsDef } from "citty";

export class UsageError extends Error {}

/** citty accepts any flag: this refuses those that a command does not have, and arguments that it does not take. Throws UsageError. */
export function refuseUnknown(args: Record<string, unknown> & { _: string[] }, definition: ArgsDef): void {
  const known = new Set(["_"]);
  for (const [name, { alias }] of Object.entries(definition as Record<string, { alias?: string | string[] }>)) {
    for (const spelling of [name, camelCase(name), ...[alias ?? []].flat()]) known.add(spelling);
  }
  const unknown = Object.keys(args).find((name) => !known.has(name));
  if (unknown !== undefined) throw new UsageError(`unknown flag ${unknown.length === 1 ? "-" : "--"}${unknown}`);
  const [extra] = args._;
  if (extra !== undefined) throw new UsageError(`unexpected argument ${JSON.stringify(extra)}`);
}

/** The value of a flag that must not stand alone. Throws UsageError. */
export function needsValue(name: string, value: string | undefined): string | undefined {
  if (value === "") throw new UsageError(`--${name} needs a value`);
  return value;
}

function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
