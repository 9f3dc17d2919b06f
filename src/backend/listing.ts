// Keeps what a backend offers up to date: lists what has changed, one listing at a time, and says what came and went.
import type { CapabilityKind, Clock, Counts, Fact, JsonObject, Offer } from "../model.ts";
import { textOf } from "../protocol/names.ts";
import type { Connection } from "./connection.ts";
import { fetchOffer, KINDS } from "./offer.ts";

/** After this time a list that could not be had is asked for again, in milliseconds. */
const RELIST = 10_000;

export interface ListingOptions {
  clock: Clock;
  /** Seconds for each page of a list. */
  timeout(): number;
  /** The live connection; connects when there is none. */
  connection(): Promise<Connection>;
  /** Whether there is a live connection now. */
  connected(): boolean;
  tell(fact: Pick<Fact, "stage" | "severity" | "message" | "details">): void;
  /** What was wanted was listed on this connection. */
  listed(connection: Connection): void;
  /** The connection did not survive the listing. */
  lost(connection: Connection, error: unknown): void;
}

export class Listing {
  #offer: Offer | undefined;
  readonly #stale = new Set<CapabilityKind>();
  #listing: Promise<void> | undefined;
  readonly #again = new Map<CapabilityKind, () => void>();

  constructor(private readonly options: ListingOptions) {}

  /** The last known offer; kept while the backend is away. */
  get offer(): Offer | undefined {
    return this.#offer;
  }

  /** Resolves when no listing is under way. */
  get settled(): Promise<void> {
    return this.#listing ?? Promise.resolve();
  }

  /** Lists again what changed; what changes meanwhile is listed once more afterwards. */
  refresh(kinds: readonly CapabilityKind[] = KINDS): void {
    for (const kind of kinds) this.#stale.add(kind);
    this.#listing ??= this.#list().finally(() => {
      this.#listing = undefined;
      // What a new connection wants listed must not go down with the listing on the one before.
      if (this.#stale.size > 0 && this.options.connected()) this.refresh([]);
    });
  }

  async #list(): Promise<void> {
    let connection: Connection | undefined;
    try {
      while (this.#stale.size > 0) {
        connection = await this.options.connection();
        const kinds = [...this.#stale];
        this.#stale.clear();
        await this.#fetch(connection, kinds);
        this.options.listed(connection);
      }
    } catch (error) {
      // A connection that has ended was dealt with; a remote server that forgot the session is connected again.
      if (connection) this.options.lost(connection, error);
    }
  }

  async #fetch(connection: Connection, kinds: readonly CapabilityKind[]): Promise<void> {
    const { clock, timeout, connected, tell } = this.options;
    const before = this.#offer;
    this.#offer = await fetchOffer(connection, kinds, {
      timeout: timeout(),
      before,
      warn: (message) => tell({ stage: "capability_conflict", severity: "warning", message }),
      failed: (kind) => {
        this.#again.get(kind)?.();
        this.#again.set(
          kind,
          clock.after(RELIST, () => connected() && this.refresh([kind])),
        );
      },
    });
    const change = before && changeOf(before, this.#offer);
    if (change) tell({ stage: "capability_change", severity: "info", ...change });
  }
}

/** How many tools, resources (without templates) and prompts are on offer. */
export function countsOf(offer: Offer | undefined): Counts {
  const { tools = [], resources = [], prompts = [] } = offer ?? {};
  return { tools: tools.length, resources: resources.length, prompts: prompts.length };
}

/** What came and went, in words and by name; nothing when all is as it was. */
function changeOf(before: Offer, after: Offer): { message: string; details: JsonObject } | undefined {
  const changes = KINDS.flatMap((kind) => {
    const [old, now] = [textsByName(before, kind), textsByName(after, kind)];
    const added = [...now.keys()].filter((name) => !old.has(name));
    const removed = [...old.keys()].filter((name) => !now.has(name));
    const changed = [...now].filter(([name, text]) => old.has(name) && old.get(name) !== text).map(([name]) => name);
    return added.length + removed.length + changed.length === 0 ? [] : { kind, added, removed, changed };
  });
  if (changes.length === 0) return undefined;
  const parts = changes.map(
    ({ kind, added, removed, changed }) =>
      `${kind}: ${added.length} new, ${removed.length} gone, ${changed.length} changed`,
  );
  return {
    message: `offers something else (${parts.join("; ")})`,
    details: Object.fromEntries(changes.map(({ kind, ...names }) => [kind, names])),
  };
}

function textsByName(offer: Offer, kind: CapabilityKind): Map<string, string> {
  const named = ({ uri, uriTemplate, name }: JsonObject) => textOf(uri) || textOf(uriTemplate) || textOf(name);
  return new Map(offer[kind].map(({ text, body }) => [named(body), text]));
}
