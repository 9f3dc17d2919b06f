// Decides by globs which of a backend's capabilities clients may see and use.
import picomatch from "picomatch";

export interface FilterRules {
  allow: readonly string[];
  deny: readonly string[];
}

export interface Filter {
  /** Whether a capability known under these names (a resource has a URI and a name) passes. Deny wins. */
  admits(...names: string[]): boolean;
  /** Whether a deny glob matches; for URIs that a template admits. */
  denies(...names: string[]): boolean;
}

/** `*` and `?` match any character, "/" too: names and URIs are not paths; braces, "!" and "+(" mean themselves. */
const OPTIONS = {
  bash: true,
  dot: true,
  nobrace: true,
  noextglob: true,
  nonegate: true,
  posix: true,
  windows: false,
} as const;

export function filterOf({ allow, deny }: FilterRules): Filter {
  const allowed = anyOf(allow);
  const denied = anyOf(deny);
  return {
    admits: (...names) => !names.some(denied) && (allow.length === 0 || names.some(allowed)),
    denies: (...names) => names.some(denied),
  };
}

function anyOf(globs: readonly string[]): (name: string) => boolean {
  const tests = globs.filter((glob) => glob !== "").map((glob) => picomatch(glob, OPTIONS));
  return (name) => tests.some((test) => test(name));
}
