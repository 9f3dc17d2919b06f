// What is new or other about the tools of backends since somebody has approved them.
import type { Lock } from "../config/lock-file.ts";
import type { Config } from "../config/schema.ts";
import type { Item } from "../model.ts";
import { textOf } from "../protocol/names.ts";
import type { Pin, Unpinnable } from "../protocol/pin.ts";
import type { Hidden, Source } from "./catalog.ts";
import { differenceOf } from "./difference.ts";

export interface ToolChange {
  readonly backend: string;
  /** As the backend calls it. */
  readonly tool: string;
  readonly change: "new" | "changed" | "removed";
  /** Whether clients can no longer see and call it. */
  readonly hidden: boolean;
  /** The hash of what is there now; nothing where nothing is, or where it has none. */
  readonly hash: string | undefined;
  /** What was and what is, in lines; it takes longer than to find out that there is one. */
  difference(): readonly string[];
}

export interface LockRules {
  readonly mode: Config["server"]["tool_lock"];
  /** Absent where nothing was ever approved. */
  readonly lock: Lock | undefined;
}

export interface Comparison {
  pinOf(item: Item): Pin | Unpinnable;
  /** Takes what is secret out of what is told. */
  redact(text: string): string;
}

/** Compares what the sources offer with the lock. What filters hide is not in question, and nothing is known of a backend that was never connected. */
export function changesOf(
  sources: readonly Source[],
  { mode, lock }: LockRules,
  { pinOf, redact }: Comparison,
): ToolChange[] {
  if (mode === "off") return [];
  return sources.flatMap((source) => {
    const { name: backend, offer } = source.upstream;
    if (!offer) return [];
    const pinned = lock?.get(backend) ?? new Map<string, Pin>();
    const offered = firstOfEach(offer.tools);
    const changes = [...offered].flatMap(([tool, item]): Omit<ToolChange, "backend">[] => {
      const [was, is] = [pinned.get(tool), pinOf(item)];
      if ("hash" in is && is.hash === was?.hash) return [];
      const difference = () => ("hash" in is ? differenceOf(was?.definition, is.definition, redact) : [is.problem]);
      const hash = "hash" in is ? is.hash : undefined;
      return [{ tool, change: was ? "changed" : "new", hidden: mode === "block", difference, hash }];
    });
    const gone = offer.missing?.includes("tools") ? [] : [...pinned.keys()].filter((tool) => !offered.has(tool));
    const removed = gone.map((tool) => ({ tool, change: "removed" as const, hidden: false, ...NOTHING }));
    return [...changes, ...removed]
      .filter(({ tool }) => source.filters.tools.admits(tool))
      .map((change) => ({ backend, ...change }));
  });
}

const NOTHING = { difference: () => ["the backend no longer offers it"], hash: undefined };

/** Takes what is hidden out of what clients see. */
export function withhold(sources: readonly Source[], changes: readonly ToolChange[]): readonly Source[] {
  const hidden = Map.groupBy(
    changes.filter((change) => change.hidden),
    ({ backend }) => backend,
  );
  if (hidden.size === 0) return sources;
  return sources.map((source) => {
    const its = hidden.get(source.upstream.name);
    return its ? { ...source, withheld: new Map(its.map((change) => [change.tool, hiddenBy(change)])) } : source;
  });
}

/** Of a name that is offered twice the first counts, as in the catalog. */
export function firstOfEach(tools: readonly Item[]): Map<string, Item> {
  const first = new Map<string, Item>();
  for (const item of tools) if (!first.has(textOf(item.body.name))) first.set(textOf(item.body.name), item);
  return first;
}

function hiddenBy({ change }: ToolChange): Hidden {
  const isNew = change === "new";
  const what = isNew ? "the tool is new" : "the tool has changed since it was approved";
  return { by: `server.tool_lock: ${what}`, keepsName: !isNew };
}
