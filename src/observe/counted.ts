// Counts with their nouns, as people read them.
import type { Counts } from "../model.ts";

/** `1 tool`, `3 tools`. */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${value} ${value === 1 ? noun : plural}`;
}

/** `1 tool, 0 resources, 2 prompts`. */
export function offered({ tools, resources, prompts }: Counts): string {
  return [counted(tools, "tool"), counted(resources, "resource"), counted(prompts, "prompt")].join(", ");
}
