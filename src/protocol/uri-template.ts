// Tells whether a URI can be an expansion of a URI template (RFC 6570), which is how a resource read finds its backend.

/** For each operator of RFC 6570 §2.2: what an expression with it may expand to. */
const EXPANSIONS: Record<string, string> = {
  "": "[^/?#&]*",
  "+": ".*",
  "#": "(?:#.*)?",
  ".": "(?:\\.[^/?#]*)?",
  "/": "(?:/[^?#]*)?",
  ";": "(?:;[^/?#]*)?",
  "?": "(?:\\?[^#]*)?",
  "&": "(?:&[^#]*)?",
};

/** Compiles a template into a test for URIs; a template that is not well-formed matches only itself. */
export function matcherOf(template: string): (uri: string) => boolean {
  const pattern = template
    .split(/(\{[^{}]+\})/)
    .map((part, index) => (index % 2 === 0 ? literal(part) : expression(part.slice(1, -1))))
    .join("");
  const expanded = new RegExp(`^${pattern}$`, "s");
  return (uri) => expanded.test(uri);
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function expression(text: string): string {
  const operator = /^[+#./;?&]/.exec(text)?.[0] ?? "";
  const names = text.slice(operator.length).split(",");
  // A list explodes into comma-separated values, which stay within one path segment.
  const simple = EXPANSIONS[""] ?? "";
  return operator === "" ? names.map(() => simple).join(",?") : (EXPANSIONS[operator] ?? simple);
}
