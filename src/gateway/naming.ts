// The names under which capabilities are exposed, and who keeps a name that two backends want.
import type { Upstream } from "../model.ts";

export interface NamingRules {
  strategy: "first-wins" | "prefix" | "priority" | "error";
  separator: string;
  /** Backend names, for `priority`. */
  order: readonly string[];
}

/** The limit of many model APIs for a tool's name. */
const NAME_LIMIT = 64;
const HASH_LENGTH = 8;

/** The exposed name of a tool or prompt; a prefixed name over 64 characters is cut and ends in a hash of the whole. */
export function exposedName(backend: string, name: string, rules: NamingRules): string {
  if (rules.strategy !== "prefix") return name;
  const whole = `${backend}${rules.separator}${name}`;
  if (whole.length <= NAME_LIMIT) return whole;
  const hash = new Bun.CryptoHasher("sha256").update(whole).digest("hex").slice(0, HASH_LENGTH);
  const cut = whole.slice(0, NAME_LIMIT - HASH_LENGTH);
  return (cut.isWellFormed() ? cut : cut.slice(0, -1)) + hash;
}

/** Sorts backends so that the first to offer a name keeps it: by `order` under `priority`, else as configured. */
export function byPrecedence<Source extends { upstream: Upstream }>(
  sources: readonly Source[],
  rules: NamingRules,
): Source[] {
  if (rules.strategy !== "priority") return [...sources];
  const rank = ({ upstream }: Source) => {
    const index = rules.order.indexOf(upstream.name);
    return index < 0 ? rules.order.length : index;
  };
  return [...sources].sort((a, b) => rank(a) - rank(b));
}
