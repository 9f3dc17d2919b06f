// The lock of tools while the gateway runs: says once what is not as it was approved, hides it if that is wanted, and takes approvals.
import type { Lock } from "../config/lock-file.ts";
import type { Config } from "../config/schema.ts";
import { describe, GatewayError } from "../errors.ts";
import type { Fact, Item } from "../model.ts";
import { type Pin, pinOf, type Unpinnable } from "../protocol/pin.ts";
import type { Source } from "./catalog.ts";
import { changesOf, firstOfEach, type LockRules, type ToolChange, withhold } from "./tool-changes.ts";

export interface ToolLockOptions {
  /** The path of the file. */
  file: string;
  emit(fact: Fact): void;
  /** Takes what is secret out of a text. */
  redact(text: string): string;
  /** Changes the file at once, or throws; `change` gets what it says, if there is one. Gives what it says then. */
  edit(change: (lock: Lock | undefined) => Lock): Lock;
  /** Other tools are hidden now. */
  changed(): void;
}

/** The hash of each tool as somebody has looked at it; null for one that is gone. */
export type Seen = Readonly<Record<string, string | null>>;

export interface LockStatus {
  mode: LockRules["mode"];
  file: string;
  changes: readonly (Omit<ToolChange, "difference"> & { difference: readonly string[] })[];
}

export class ToolLock {
  readonly #options: ToolLockOptions;
  #rules: LockRules = { mode: "off", lock: undefined };
  #sources: readonly Source[] = [];
  #changes: readonly ToolChange[] = [];
  /** What was told, and is still so. */
  #told = new Set<string>();
  /** A definition is hashed once, however often the catalog is built anew. */
  readonly #pins = new WeakMap<Item, Pin | Unpinnable>();

  constructor(options: ToolLockOptions) {
    this.#options = options;
  }

  get status(): LockStatus {
    const changes = this.#changes.map((change) => ({ ...change, difference: change.difference() }));
    return { mode: this.mode, file: this.#options.file, changes };
  }

  get mode(): LockRules["mode"] {
    return this.#rules.mode;
  }

  /** How many tools are not as they were approved. */
  get pending(): number {
    return this.#changes.length;
  }

  /** Takes what counts from the next review on. */
  apply({ server, lock }: Config): void {
    this.#rules = { mode: server.tool_lock, lock };
  }

  /** Gives the sources without what is hidden, and tells of each difference once. */
  review(sources: readonly Source[]): readonly Source[] {
    this.#sources = sources;
    const { redact } = this.#options;
    this.#changes = changesOf(sources, this.#rules, { pinOf: (item) => this.#pin(item), redact });
    this.#tell();
    return withhold(sources, this.#changes);
  }

  /**
   * Approves tools as they are now, and that those which are gone are gone; gives their names. It is all of them or none. Throws
   * GatewayError: `not_found` for a name that nobody has, `conflict` where there is nothing to approve, where one is not what was
   * `seen`, or where the file cannot be changed.
   */
  approve(backend: string, tools: readonly string[], seen: Seen = {}): string[] {
    if (this.#rules.mode === "off")
      throw new GatewayError("conflict", "server.tool_lock is off: every tool is approved");
    const source = this.#sources.find(({ upstream }) => upstream.name === backend);
    if (!source) throw new GatewayError("not_found", `no enabled backend is called ${JSON.stringify(backend)}`);
    const { offer } = source.upstream;
    if (!offer) throw new GatewayError("conflict", `backend "${backend}" was never connected: its tools are not known`);
    const offered = firstOfEach(offer.tools);
    const edits = [...new Set(tools)].map(
      (tool) => [tool, this.#edit(backend, tool, offered.get(tool), seen)] as const,
    );
    this.#rules = { ...this.#rules, lock: this.#save(backend, edits) };
    const approved = edits.map(([tool]) => tool);
    this.#options.changed();
    this.#options.emit(approvalOf(backend, approved));
    return approved;
  }

  /** What is to be in the file: the pin, or nothing for a tool that is gone. */
  #edit(backend: string, tool: string, item: Item | undefined, seen: Seen): Pin | undefined {
    const pin = item && this.#pin(item);
    const name = `tool ${JSON.stringify(tool)} of backend "${backend}"`;
    const hash = pin && "hash" in pin ? pin.hash : null;
    if (Object.hasOwn(seen, tool) && seen[tool] !== hash) {
      throw new GatewayError("conflict", `${name} has changed again since it was looked at; nothing was approved`);
    }
    if (!pin && !this.#rules.lock?.get(backend)?.has(tool)) {
      throw new GatewayError("not_found", `${name} is neither offered nor approved; nothing was approved`);
    }
    if (pin && "problem" in pin) {
      throw new GatewayError("conflict", `${name} cannot be approved: ${pin.problem}; nothing was approved`);
    }
    return pin;
  }

  #save(backend: string, edits: readonly (readonly [string, Pin | undefined])[]): Lock {
    try {
      return this.#options.edit((lock = this.#rules.lock ?? new Map()) => {
        const pins = new Map(lock.get(backend));
        for (const [tool, pin] of edits) if (pin) pins.set(tool, pin);
        for (const [tool, pin] of edits) if (!pin) pins.delete(tool);
        return new Map([...lock, [backend, pins]]);
      });
    } catch (error) {
      throw new GatewayError("conflict", `nothing was approved: ${describe(error)}`);
    }
  }

  #pin(item: Item): Pin | Unpinnable {
    const pin = this.#pins.get(item) ?? pinOf(item);
    this.#pins.set(item, pin);
    return pin;
  }

  #tell(): void {
    const { lock } = this.#rules;
    const told = new Set<string>();
    if (!lock && this.#changes.length > 0) told.add("");
    if (told.has("") && !this.#told.has("")) this.#options.emit(this.#missing());
    for (const change of this.#changes) {
      const key = JSON.stringify({ ...change, was: lock?.get(change.backend)?.get(change.tool)?.hash });
      told.add(key);
      // Without a lock one event says it of all.
      if (lock && !this.#told.has(key)) this.#options.emit(factOf(change));
    }
    this.#told = told;
  }

  #missing(): Fact {
    const message = `${this.#options.file} is not there, so that no tool is approved; argus-mcp server --update-lock writes it`;
    return { stage: "capability_change", severity: "warning", message };
  }
}

function approvalOf(backend: string, approved: readonly string[]): Fact {
  const [only, ...others] = approved;
  const message =
    others.length === 0
      ? `tool ${JSON.stringify(only)} is approved as it is now`
      : `${approved.length} tools are approved as they are now`;
  return { stage: "capability_change", severity: "info", backend, message, details: { approved } };
}

function factOf({ backend, tool, change, hidden, ...more }: ToolChange): Fact {
  const difference = more.difference();
  const what = change === "changed" ? "has changed since it was approved" : `is ${change}`;
  const so = hidden ? ", and is hidden until it is approved" : "";
  const message = `tool ${JSON.stringify(tool)} ${what}${so}: ${difference.join("; ")}`;
  const details = { tool, change, hidden, difference };
  return { stage: "capability_change", severity: "warning", backend, message, details };
}
