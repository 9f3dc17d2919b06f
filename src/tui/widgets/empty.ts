// What a list says that is empty, and how to change that.
import type { Line } from "../theme.ts";

export const NO_BACKENDS: Line = [["No backends yet: add one to the configuration.", "muted"]];

/** For lists that Esc makes whole again. */
export const NONE_MATCHES: Line = [
  ["None matches: ", "muted"],
  ["esc", "key"],
  [" shows all again.", "muted"],
];
