// Figures and times as people read them, in few columns.

const UNITS = [
  ["d", 86_400],
  ["h", 3_600],
  ["m", 60],
  ["s", 1],
] as const;

/** Seconds as the two largest units: `3d 4h`, `12m 5s`, `0s`. */
export function duration(seconds: number): string {
  let rest = Math.max(0, Math.floor(seconds));
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest %= size;
    if (count > 0 || parts.length > 0) parts.push(`${count}${unit}`);
  }
  const [first = "0s", second = ""] = parts;
  return second && !second.startsWith("0") ? `${first} ${second}` : first;
}

/** Milliseconds with as many digits as matter: `0.4 ms`, `12 ms`, `1.3 s`; nothing for null. */
export function latency(milliseconds: number | null): string {
  if (milliseconds === null) return "";
  if (milliseconds >= 1_000) return `${(milliseconds / 1_000).toFixed(1)} s`;
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
}

/** `1,204`. */
export function count(value: number): string {
  return value.toLocaleString("en");
}

/** A count with its noun: `1 tool`, `3 tools`. */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : plural}`;
}

/** The local time of day of an ISO time: `14:03:09`. */
export function timeOfDay(iso: string): string {
  const date = new Date(iso);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

/** How long ago an ISO time was, at this moment of milliseconds since 1970: `5s ago`. */
export function ago(iso: string, now: number): string {
  return `${duration((now - Date.parse(iso)) / 1_000)} ago`;
}
