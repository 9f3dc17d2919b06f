// What others wrote, as it may go to a terminal.
import { harmless } from "../observe/log.ts";

/** The text with its lines and tabs, but without colours and all else that commands a terminal. */
export function plain(text: string): string {
  return Bun.stripANSI(text)
    .replaceAll("\r\n", "\n")
    .replace(/[^\n\t]+/g, harmless);
}
