// Approves tools: what is asked before, and what is sent.
import { counted } from "../format.ts";
import type { Question, Shell } from "../screen.ts";
import type { LockChange } from "../state.ts";
import type { Line } from "../theme.ts";
import { changeSpan, differenceLines } from "./lock-table.ts";

/** Asks, and approves these as they were looked at: what has changed again since then is refused. Gives what was done; null for no. */
export async function approve(shell: Pick<Shell, "ask" | "store">, changes: readonly LockChange[]) {
  if (!(await shell.ask(questionOf(changes)))) return null;
  for (const [backend, its] of Map.groupBy(changes, (change) => change.backend)) {
    const hashes = Object.fromEntries(its.map(({ tool, hash }) => [tool, hash]));
    const tools = its.map(({ tool }) => tool);
    await shell.store.approve(backend, tools, hashes);
  }
  return `${namesOf(changes)} ${changes.length === 1 ? "is" : "are"} approved`;
}

function questionOf(changes: readonly LockChange[]): Question {
  const offered = changes.some(({ change }) => change !== "removed");
  return {
    title: `Approve ${namesOf(changes)}?`,
    text: offered
      ? "Clients see and call what is new or changed as it is now, and models obey what it says."
      : "What is gone is struck off the list of approved tools.",
    details: (width) => changes.flatMap((change) => linesOf(change, width)),
    yes: "Approve",
  };
}

function linesOf(change: LockChange, width: number): Line[] {
  const head: Line = [changeSpan(change), ["  "], [change.backend, "key"], [" "], [change.tool, "strong"]];
  return [head, ...differenceLines(change, width - 2).map((line): Line => [["  "], ...line]), []];
}

function namesOf(changes: readonly LockChange[]): string {
  const [first, ...more] = changes;
  return first && more.length === 0 ? `${first.tool} of ${first.backend}` : counted(changes.length, "tool");
}
