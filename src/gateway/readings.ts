// What a backend may take a URI for: servers decode and normalize what they are given, each in its own way.
import { LONGEST_URI } from "../protocol/uri-template.ts";

/**
 * A URI as it stands, decoded, without its fragment, without its query, with single slashes, and normalized: `a/../b`, `%62`, `//b`
 * and `b?c#d` may all be `b`.
 * What may be used under each of these may be used. Gives nothing for what is too long or not well-formed, which fails closed.
 */
export function readings(uri: string): string[] | undefined {
  if (uri.length > LONGEST_URI) return undefined;
  try {
    const spelled = [uri, decodeURIComponent(uri)];
    const cut = spelled.flatMap((each) => [each, each.replace(/#.*/s, ""), each.replace(/[?#].*/s, "")]);
    const plain = cut.flatMap((each) => [each, withSingleSlashes(each)]);
    return [...new Set(plain.flatMap((each) => [each, URL.parse(each)?.href ?? each]))];
  } catch {
    return undefined;
  }
}

/** As file systems read a path; those after the scheme stay. */
function withSingleSlashes(uri: string): string {
  const [, start = "", path = ""] = /^([a-z][a-z0-9+.-]*:\/\/)?(.*)$/is.exec(uri) ?? [];
  return start + path.replace(/\/{2,}/g, "/");
}
