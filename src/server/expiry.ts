// Tells when what shows an identity is worth nothing any more.
import type { Identity } from "../model.ts";

/** A longer time would overflow and be over at once, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Calls `expired` when the token is worth nothing any more that was shown last; the returned function forgets about it. */
export function atExpiry(identity: () => Identity, expired: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = () => {
    const { expires } = identity();
    if (expires === undefined) return;
    const left = expires - Date.now();
    if (left <= 0) expired();
    else timer = setTimeout(wait, Math.min(left, LONGEST_TIMER));
  };
  wait();
  return () => clearTimeout(timer);
}
