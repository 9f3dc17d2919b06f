// References to variables, from how others write them to how the configuration does.

export interface Dialect {
  /** Whether `${NAME}` is a variable; else it stands for itself. */
  expands: boolean;
  /** Whether `$NAME` is one, too. */
  bare?: boolean;
  /** What the editors' own variables stand for. */
  places?: { home?: string; project?: string };
}

/** A reference, or a `$` before a brace that is none. */
const REFERENCE =
  /\$\{(?<known>env|input|file):(?<of>[^}]+)\}|\$\{(?<place>workspaceFolder|workspaceRoot|userHome|pathSeparator|\/)\}|\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(?<fallback>:-[^}]*)?\}|\$(?<bare>[A-Za-z_][A-Za-z0-9_]*)|\$\{/g;

/** Gives the text with references that the configuration understands; what has no counterpart is noted. */
export function translated(text: string, dialect: Dialect, notes: string[]): string {
  return text.replace(REFERENCE, (whole: string, ...match) => {
    const found = match.at(-1) as Partial<Record<string, string>>;
    if (found.known !== undefined) return ofEditor(found.known, found.of ?? "", notes);
    if (found.place !== undefined) return placeOf(found.place, dialect, notes);
    if (found.bare !== undefined) return dialect.bare ? `\${${found.bare}}` : whole;
    if (found.name !== undefined && dialect.expands) return whole;
    return `$${whole}`;
  });
}

function ofEditor(kind: string, name: string, notes: string[]): string {
  if (kind === "env") return `\${${variable(name)}}`;
  const asked = variable(name);
  notes.push(
    kind === "input"
      ? `the editor asked for ${name}: set ${asked}, or write secret:NAME`
      : `the content of ${name} is not read: set ${asked}, or write secret:NAME`,
  );
  return `\${${asked}}`;
}

function placeOf(place: string, { places = {} }: Dialect, notes: string[]): string {
  if (place === "pathSeparator" || place === "/") return "/";
  const path = place === "userHome" ? places.home : places.project;
  if (path !== undefined) return path;
  notes.push(`${place} is unknown here: write the folder instead of "."`);
  return ".";
}

/** The text with an empty default for variables that are not set: without one, the configuration would not be valid. */
export function settled(
  text: string,
  environment: Readonly<Record<string, string | undefined>>,
  notes: string[],
): string {
  return text.replace(/(\$?)\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, escaped: string, name: string) => {
    if (escaped || environment[name] !== undefined) return whole;
    notes.push(`${name} is not set now; it is empty until it is`);
    return `\${${name}:-}`;
  });
}

/** `my.api-key` → `MY_API_KEY`. */
export function variable(name: string): string {
  const words = name.replace(/^.*[/\\]/, "").replace(/[^A-Za-z0-9_]+/g, "_");
  const upper = /[a-z]/.test(words) && /[-. ]/.test(name) ? words.toUpperCase() : words;
  return /^[A-Za-z_]/.test(upper) ? upper : `_${upper}`;
}
