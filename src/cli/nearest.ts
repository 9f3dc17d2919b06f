// Finds the word that was meant.
import { closest, distance } from "fastest-levenshtein";

/** ` — did you mean "x"?` for the word that is close to this one, else nothing. */
export function didYouMean(word: string, words: readonly string[]): string {
  if (words.length === 0) return "";
  const best = closest(word, words);
  return distance(word, best) <= Math.max(2, Math.floor(best.length / 3)) ? ` — did you mean "${best}"?` : "";
}
