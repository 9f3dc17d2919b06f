// Globs over names and URIs.
// Not by a library for globs: those know paths, and would let "file:///a/../b" or a name with a line break slip past `deny: ["file*"]`.

/** A test for one character, or "*" for any number of them. */
type Token = "*" | ((character: string) => boolean);

/** Compiles a glob: `*` and `?` stand for any characters, "/" too, `[a-z]` and `[!a]` for one of a set; all else means itself. */
export function globMatcher(glob: string): (name: string) => boolean {
  const tokens = [...glob.matchAll(/\*|\?|\[!?\]?[^\]]*\]|./gsu)].map(([part]) => tokenOf(part));
  return (name) => matchesAll(tokens, [...name]);
}

function tokenOf(part: string): Token {
  if (part === "*") return part;
  if (part === "?") return () => true;
  if (part.length === 1 || !part.startsWith("[")) return (character) => character === part;
  const negated = part.startsWith("[!");
  const members = [...part.slice(negated ? 2 : 1, -1).matchAll(/(.)-(.)|./gsu)];
  const holds = (character: string) =>
    members.some(([one, from, to]) => (from && to ? character >= from && character <= to : character === one));
  return (character) => holds(character) !== negated;
}

/** Goes back to the last star only, which is enough for globs and bounds the work by the product of the lengths. */
function matchesAll(tokens: readonly Token[], characters: readonly string[]): boolean {
  let token = 0;
  let star = -1;
  let resumed = 0;
  for (let at = 0; at < characters.length; ) {
    const current = tokens[token];
    if (current === "*") {
      star = token++;
      resumed = at;
    } else if (current?.(characters[at] ?? "")) {
      token++;
      at++;
    } else if (star >= 0) {
      token = star + 1;
      at = ++resumed;
    } else return false;
  }
  return tokens.slice(token).every((rest) => rest === "*");
}
