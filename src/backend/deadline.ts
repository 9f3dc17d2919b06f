// Bounds how long something may take, by a clock that tests can simulate.
import { GatewayError } from "../errors.ts";
import type { Clock } from "../model.ts";

interface Deadline<T> {
  /** Seconds. */
  timeout: number;
  work: Promise<T>;
  what: string;
}

/** Gives what the work gives. Throws GatewayError `timeout` when it takes longer; the work itself goes on. */
export async function withTimeout<T>(clock: Clock, { timeout, work, what }: Deadline<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const stop = clock.after(timeout * 1_000, () =>
    late.reject(new GatewayError("timeout", `${what} took over ${timeout} s`)),
  );
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    stop();
  }
}
