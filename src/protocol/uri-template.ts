// Tells whether a URI can be an expansion of a URI template (RFC 6570), which is how a resource read finds its backend.
// It steps through all possibilities at once: a regular expression could be made to backtrack for hours.

/** Clients may send millions of characters, and each takes its time with each template; nobody means more than these. */
export const LONGEST_URI = 16 * 1024;

type Token =
  | { kind: "character"; character: string }
  /** Any number of characters but these. */
  | { kind: "run"; excluded: string }
  /** The run after it begins with this character, or both are absent. */
  | { kind: "prefix"; character: string };

/** For each operator of RFC 6570 §2.2: what its expansion cannot hold, and what it begins with. */
const OPERATORS: Record<string, { excluded: string; prefix?: string }> = {
  "": { excluded: "/?#&" },
  "+": { excluded: "" },
  "#": { excluded: "", prefix: "#" },
  ".": { excluded: "/?#", prefix: "." },
  "/": { excluded: "?#", prefix: "/" },
  ";": { excluded: "/?#", prefix: ";" },
  "?": { excluded: "#", prefix: "?" },
  "&": { excluded: "#", prefix: "&" },
};

/** Compiles a template into a test for URIs, none of which may be too long; what is not a well-formed expression means itself. */
export function matcherOf(template: string): (uri: string) => boolean {
  const tokens = template
    .split(/(\{[^{}]+\})/)
    .flatMap((part, index) => (index % 2 === 0 ? literal(part) : expression(part.slice(1, -1))));
  return (uri) => {
    if (uri.length > LONGEST_URI) return false;
    let states = reachable(tokens, [0]);
    for (const character of uri) {
      if (states.size === 0) return false;
      states = reachable(tokens, advance(tokens, states, character));
    }
    return states.has(tokens.length);
  };
}

function literal(text: string): Token[] {
  return [...text].map((character) => ({ kind: "character", character }));
}

function expression(text: string): Token[] {
  const operator = /^[+#./;?&]/.exec(text)?.[0] ?? "";
  const { excluded, prefix } = OPERATORS[operator] ?? { excluded: "" };
  const run: Token = { kind: "run", excluded };
  return prefix === undefined ? [run] : [{ kind: "prefix", character: prefix }, run];
}

/** Adds the states that need no further character: a run may be over, and what has a prefix may be absent. */
function reachable(tokens: readonly Token[], states: Iterable<number>): Set<number> {
  const found = new Set(states);
  for (const state of found) {
    const { kind } = tokens[state] ?? {};
    if (kind === "run") found.add(state + 1);
    else if (kind === "prefix") found.add(state + 2);
  }
  return found;
}

function advance(tokens: readonly Token[], states: Iterable<number>, character: string): number[] {
  const next: number[] = [];
  for (const state of states) {
    const token = tokens[state];
    if (token?.kind === "run") {
      if (!token.excluded.includes(character)) next.push(state);
    } else if (token?.character === character) next.push(state + 1);
  }
  return next;
}
