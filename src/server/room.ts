// Who gives way when there are as many of something as `server.limits.sessions` allows, so that no client locks out the others.
import { GatewayError } from "../errors.ts";
import type { Identity } from "../model.ts";
import { ownerOf } from "../policy/owner.ts";

interface Owned {
  readonly identity: Identity;
  readonly address: string | null;
}

export interface Held extends Owned {
  /** Seconds since it was used; 0 while it is. */
  readonly idle: number;
  /** When it began to be used only in that its client may go on with it, in milliseconds. */
  readonly waitsSince?: number | undefined;
}

/**
 * Finds what makes room for a newcomer. The idlest of what nobody uses goes first, then what waits for its client, each of those who
 * have at least as many as the newcomer then has; what is in use goes only where its owner has more than that. So nobody can push out
 * others by opening more and more, or keep them out by holding all. Throws GatewayError `unavailable` when nothing has to go.
 */
export function whoGivesWay<Kept extends Held>(all: Iterable<Kept>, newcomer: Owned, refusal: string): Kept {
  const owned = [...all].map((held) => ({ held, owner: ownerOfHeld(held), rank: rankOf(held) }));
  const counts = new Map([[ownerOfHeld(newcomer), 1]]);
  for (const { owner } of owned) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  const count = (owner: string) => counts.get(owner) ?? 0;
  const due = count(ownerOfHeld(newcomer));
  const [first] = owned
    .filter(({ owner, rank }) => count(owner) > due || (count(owner) === due && rank < IN_USE))
    .sort((a, b) => a.rank - b.rank || count(b.owner) - count(a.owner) || unusedOf(b.held) - unusedOf(a.held));
  if (!first) throw new GatewayError("unavailable", `${refusal} (server.limits.sessions)`);
  return first.held;
}

const IN_USE = 2;

function rankOf({ idle, waitsSince }: Held): number {
  if (idle > 0) return 0;
  return waitsSince === undefined ? IN_USE : 1;
}

/** How long nobody has used it, as far as those of one rank can be compared. */
function unusedOf({ idle, waitsSince = 0 }: Held): number {
  return idle > 0 ? idle : -waitsSince;
}

function ownerOfHeld({ identity, address }: Owned): string {
  return ownerOf(identity, address);
}
