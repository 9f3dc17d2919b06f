// Asks a question on the terminal that is answered with yes or no.
import { writeError } from "./stderr.ts";

/** Whether the answer is yes; no answer is none. */
export async function confirm(question: string): Promise<boolean> {
  writeError(`${question} [y/N] `);
  for await (const line of console) return /^y(es)?$/i.test(line.trim());
  return false;
}
