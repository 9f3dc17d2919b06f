// The keys of the terminal UI as tables for the documentation, from the bindings themselves.
import { commands } from "../src/tui/commands.ts";
import { type KeyText, labelOf } from "../src/tui/keys.ts";
import { SCREENS } from "../src/tui/screens.ts";

/** A line for each binding, those of all screens after the ones that work everywhere. */
export function keyTable(): string {
  const own = SCREENS.flatMap(({ title, keys }) => keys.map((key) => ({ ...key, place: title })));
  const all = [...everywhere().map((key) => ({ ...key, place: "Everywhere" })), ...own];
  const rows = [...Map.groupBy(all, rowOf)].map(
    ([row, places]) => `${row} ${[...new Set(places.map(({ place }) => place))].join(", ")} |`,
  );
  return ["| keys | what they do | where |", "| --- | --- | --- |", ...rows].join("\n");
}

/** A line for each binding that works on all screens. */
export function commonKeys(): string {
  return ["| keys | what they do |", "| --- | --- |", ...everywhere().map(rowOf)].join("\n");
}

function everywhere(): KeyText[] {
  return commands(SCREENS.map(({ title }) => title));
}

/** The same keys for the same thing are one line. */
function rowOf({ keys, description }: KeyText): string {
  return `| ${keys.map((key) => `\`${labelOf(key)}\``).join(" ")} | ${description} |`;
}
