// Shortens texts that are still to be redacted.

/** The beginning of a text, of at most so many characters. What would be cut in two is left out: half a secret is known to no redactor. */
export function excerpt(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length).replace(/(?<![^\s"'])[^\s"']*$/, "")}…` : text;
}
