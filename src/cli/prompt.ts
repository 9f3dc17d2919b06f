// Asks for a value on the terminal without showing it.
import { writeSync } from "node:fs";

const INTERRUPT = "\u0003";
const ENDS = ["\r", "\n", "\u0004"];
const ERASE = ["\b", "\u007f"];
const ERASE_ALL = "\u0015";
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals speak in them
const SEQUENCE = /\u001b(\[[0-?]*[ -/]*[@-~]|O[@-~]|\[?)/g;
/** A sequence whose end is still to come. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals speak in them
const BEGUN = /\u001b(\[[0-?]*[ -/]*|O)?$/;

/** Asks, and gives the line that is typed; the question is erased afterwards. Ctrl-C ends the program with 130. */
export async function askHidden(question: string): Promise<string> {
  const { stdin } = process;
  stdin.setRawMode(true);
  show(question);
  const line = await readLine(stdin);
  stdin.setRawMode(false);
  stdin.pause();
  show("\r\u001b[K");
  return line ?? process.exit(130);
}

/** Gives the line that comes in, or nothing after Ctrl-C. */
export function readLine(stdin: NodeJS.EventEmitter): Promise<string | undefined> {
  return new Promise((resolve) => {
    const decoder = new TextDecoder();
    let typed: string[] = [];
    let begun = "";
    const take = (bytes: Uint8Array) => {
      const text = begun + decoder.decode(bytes, { stream: true });
      begun = BEGUN.exec(text)?.[0] ?? "";
      for (const key of keysOf(text.slice(0, text.length - begun.length))) {
        if (key === INTERRUPT) resolve(undefined);
        else if (ENDS.includes(key)) resolve(typed.join(""));
        else if (ERASE.includes(key)) typed.pop();
        else if (key === ERASE_ALL) typed = [];
        else if (key >= " ") typed.push(key);
      }
    };
    stdin.on("data", take);
    stdin.on("end", () => resolve(typed.join("")));
  });
}

/** Arrow and function keys, and pastes, send sequences (ECMA-48 §5.4), which are no part of a value. */
function keysOf(text: string): string {
  return text.replace(SEQUENCE, "");
}

/** Not through a stream: the program may end right after. */
function show(text: string): void {
  writeSync(2, text);
}
