// The clock of real life.
import type { Clock } from "../model.ts";

export const systemClock: Clock = {
  now: () => performance.now(),
  after(milliseconds, work) {
    // A longer time would overflow and fire at once.
    const timer = setTimeout(work, Math.min(milliseconds, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
  random: Math.random,
};
