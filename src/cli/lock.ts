// argus.lock on the command line: writes down what the backends offer, or tells where they offer something else.
import type { Supervisor } from "../backend/supervisor.ts";
import { editLock, HOW_TO_LOCK, type Lock, lockPath, readLock } from "../config/lock-file.ts";
import type { Config } from "../config/schema.ts";
import { sourcesOf } from "../gateway/sources.ts";
import { changesOf, firstOfEach } from "../gateway/tool-changes.ts";
import type { Offer } from "../model.ts";
import { harmless } from "../observe/log.ts";
import { type Pin, pinOf } from "../protocol/pin.ts";
import { connectOnce } from "./connect-once.ts";

interface Output {
  print(line: string): void;
  /** Takes what is secret out of a text. */
  redact(text: string): string;
}

type Pins = ReadonlyMap<string, Pin>;

/** What came of one backend. */
interface Outcome {
  name: string;
  /** Absent where what is in the file stays. */
  pins?: Pins;
  /** Why that is so, or what else is to be said. */
  note?: string;
  failed?: boolean;
}

/** Writes the tools of all backends, and prints a line for each. What cannot be known stays as it was. Throws where that is so, and where the file is broken. */
export async function updateLock(config: Config, file: string, { print }: Output): Promise<void> {
  const path = lockPath(file);
  // A broken one is found before anything is started.
  readLock(path);
  const outcomes = await connectOnce(config, outcomesOf);
  let before: Lock = new Map();
  editLock(path, (lock = before) => {
    before = lock;
    return new Map(outcomes.flatMap(({ name, pins = lock.get(name) }) => (pins ? [[name, pins] as const] : [])));
  });
  for (const outcome of outcomes) print(lineOf(outcome, before.get(outcome.name)));
  const known = new Set(outcomes.map(({ name }) => name));
  for (const name of before.keys()) if (!known.has(name)) print(`${name}\tis no longer configured, and was removed`);
  const failed = outcomes.filter((outcome) => outcome.failed).map(({ name }) => name);
  if (failed.length > 0)
    throw new Error(`${path} is written, but not for all tools of ${failed.join(", ")}: see above`);
}

/** Prints a line for each difference. Throws where there is any, where a backend does not tell, and without a file. */
export async function checkLock(config: Config, file: string, { print, redact }: Output): Promise<void> {
  const path = lockPath(file);
  const lock = readLock(path);
  if (!lock) throw new Error(`${path}: there is no such file; ${HOW_TO_LOCK}`);
  const { silent, changes } = await connectOnce(config, (backends) => ({
    silent: outcomesOf(backends).filter(({ pins, failed }) => failed && !pins),
    changes: changesOf(sourcesOf(config, backends.upstreams), { mode: "warn", lock }, { pinOf, redact }),
  }));
  for (const { backend, tool, change, difference } of changes)
    print([backend, tool, change, difference().join("; ")].map(harmless).join("\t"));
  for (const outcome of silent) print(lineOf(outcome, lock.get(outcome.name)));
  if (changes.length + silent.length === 0) return;
  const unknown = silent.length > 0 ? `, and ${silent.length} backends do not tell what they offer` : "";
  throw new Error(`${changes.length} tools are not as ${path} says${unknown}; once they are approved, ${HOW_TO_LOCK}`);
}

/** In configuration order. */
function outcomesOf(backends: Supervisor): Outcome[] {
  const offers = new Map(backends.upstreams.map(({ name, offer }) => [name, offer]));
  return backends.status().map(({ name, phase, error }) => {
    const offer = offers.get(name);
    if (phase === "disabled") return { name, note: "disabled" };
    if (!offer) return { name, note: `cannot be connected (${error ?? phase})`, failed: true };
    if (offer.missing?.includes("tools")) return { name, note: "does not list its tools", failed: true };
    return { name, ...pinsOf(offer) };
  });
}

function pinsOf({ tools }: Offer): Omit<Outcome, "name"> {
  const found = [...firstOfEach(tools)].map(([tool, item]) => ({ tool, pin: pinOf(item) }));
  const pins = new Map(found.flatMap(({ tool, pin }) => ("hash" in pin ? [[tool, pin] as const] : [])));
  const left = found.flatMap(({ tool, pin }) => ("problem" in pin ? [`${JSON.stringify(tool)}: ${pin.problem}`] : []));
  return left.length > 0 ? { pins, note: `left out: ${left.join("; ")}`, failed: true } : { pins };
}

function lineOf({ name, pins, note }: Outcome, before: Pins = new Map()): string {
  if (!pins) return `${name}\t${harmless(String(note))}; its ${before.size} entries are as they were`;
  const added = [...pins.keys()].filter((tool) => !before.has(tool)).length;
  const changed = [...pins].filter(([tool, { hash }]) => before.has(tool) && before.get(tool)?.hash !== hash).length;
  const removed = [...before.keys()].filter((tool) => !pins.has(tool)).length;
  const counts = `${pins.size} tools: ${added} new, ${changed} changed, ${removed} removed`;
  return [name, counts, ...(note === undefined ? [] : [harmless(note)])].join("\t");
}
