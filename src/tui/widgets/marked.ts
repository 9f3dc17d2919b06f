// Text in which what is searched for is marked.
import type { Line, Role, Span } from "../theme.ts";

/** A letter with its accents is one, and so is an emoji. */
const LETTERS = new Intl.Segmenter();

/** What finds all places of a query, whatever its case, with the accents of the last letter; nothing for an empty one. */
export function finder(query: string): RegExp | null {
  return query === "" ? null : new RegExp(`${RegExp.escape(query)}\\p{M}*`, "giu");
}

/** The text in this role, and the places that `find` finds as matches. */
export function marked(text: string, find: RegExp | null, role: Role = "text"): Line {
  if (!find) return [[text, role]];
  const spans: Span[] = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(find)) {
    if (index > from) spans.push([text.slice(from, index), role]);
    spans.push([found, "match"]);
    from = index + found.length;
  }
  if (from < text.length) spans.push([text.slice(from), role]);
  return spans;
}

/** The text, with the letters in which these places are as matches. */
export function markedAt(text: string, places: readonly number[]): Line {
  if (places.length === 0) return [[text]];
  return Array.from(LETTERS.segment(text), ({ segment, index }): Span => {
    const found = places.some((place) => place >= index && place < index + segment.length);
    return [segment, found ? "match" : "text"];
  });
}

/** The lines with what `find` finds in each of their pieces. */
export function markedLines(lines: readonly Line[], find: RegExp | null): readonly Line[] {
  return find ? lines.map((line) => line.flatMap(([text, role]) => [...marked(text, find, role)])) : lines;
}
