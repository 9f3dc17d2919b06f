// The clock of real life; its `now` is in milliseconds since 1970, for people look at it.
import type { Clock } from "../model.ts";

export const systemClock: Clock = {
  now: Date.now,
  after(milliseconds, work) {
    const timer = setTimeout(work, milliseconds);
    return () => clearTimeout(timer);
  },
  random: Math.random,
};
