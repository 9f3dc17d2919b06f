// What differs between two configurations, as far as somebody wants to be told.
import type { Config } from "./schema.ts";

export interface Difference {
  /** Names of backends, in configuration order. */
  added: string[];
  removed: string[];
  changed: string[];
}

/** The server binds its address once. */
const BOUND = ["host", "port"] as const;

/** Whether two configurations mean the same; the order of backends means something. */
export function same(before: Config, after: Config): boolean {
  const [old, now] = [before, after].map(({ backends }) => Object.keys(backends));
  return Bun.deepEquals(before, after, true) && Bun.deepEquals(old, now);
}

export function diff(before: Config, after: Config): Difference {
  const [old, now] = [before.backends, after.backends];
  return {
    added: Object.keys(now).filter((name) => !Object.hasOwn(old, name)),
    removed: Object.keys(old).filter((name) => !Object.hasOwn(now, name)),
    changed: Object.keys(now).filter((name) => Object.hasOwn(old, name) && !Bun.deepEquals(old[name], now[name], true)),
  };
}

/** The paths of keys whose change counts after a restart only, seen from the configuration that the server was started with. */
export function restartRequired(started: Config, after: Config): string[] {
  const moved = BOUND.filter((key) => started.server[key] !== after.server[key]);
  // A renewed certificate counts at once; another scheme would change every URL.
  const scheme = (started.server.tls === undefined) !== (after.server.tls === undefined);
  return [...moved, ...(scheme ? ["tls"] : [])].map((key) => `server.${key}`);
}
