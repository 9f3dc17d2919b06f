// What stands above a list: what is in it, and how many.
import { count } from "../format.ts";
import type { Line } from "../theme.ts";

/** `Backends 4`, or `Backends 2/4` when some are left out. */
export function headingOf(title: string, all: number, shown = all): Line {
  return [
    [title, "strong"],
    [shown === all ? ` ${count(all)}` : ` ${count(shown)}/${count(all)}`, "muted"],
  ];
}
