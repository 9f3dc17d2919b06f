// The keys of the terminal UI as a table for the README, from the bindings themselves.
import { commands } from "../src/tui/commands.ts";
import { type KeyText, labelOf } from "../src/tui/keys.ts";
import { SCREENS } from "../src/tui/screens.ts";

/** A line for each binding, those of all screens after the ones that work everywhere. */
export function keyTable(): string {
  const own = SCREENS.flatMap(({ title, keys }) => keys.map((key) => ({ ...key, place: title })));
  const everywhere = commands(SCREENS.map(({ title }) => title)).map((key) => ({ ...key, place: "Everywhere" }));
  const rows = [...Map.groupBy([...everywhere, ...own], rowOf)].map(
    ([row, places]) => `${row} ${[...new Set(places.map(({ place }) => place))].join(", ")} |`,
  );
  return ["| keys | what they do | where |", "| --- | --- | --- |", ...rows].join("\n");
}

/** The same keys for the same thing are one line. */
function rowOf({ keys, description }: KeyText): string {
  return `| ${keys.map((key) => `\`${labelOf(key)}\``).join(" ")} | ${description} |`;
}
