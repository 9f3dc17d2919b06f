// What the backends offer as one kind of row for each kind of capability, with an index to search in.
import type { Capabilities } from "../state.ts";

export type Tool = Capabilities["tools"][number];
export type Prompt = Capabilities["prompts"][number];

export const KINDS = ["tools", "resources", "resource_templates", "prompts"] as const;
export type Kind = (typeof KINDS)[number];

/** The words for the kinds. */
export const KIND_TITLES: Readonly<Record<Kind, string>> = {
  tools: "Tools",
  resources: "Resources",
  resource_templates: "Templates",
  prompts: "Prompts",
};

interface Common {
  /** Tells it from all others of its kind. */
  readonly key: string;
  /** The name or URI that clients use. */
  readonly name: string;
  readonly original: string;
  /** A name for people. */
  readonly title: string | null;
  readonly backend: string;
  readonly description: string;
  /** Clients neither see nor use it. */
  readonly hidden: boolean;
  /** Its names and what is said of it, in small letters. */
  readonly text: string;
}

/** One capability. */
export type Entry = Common &
  (
    | { readonly kind: "tools"; readonly record: Tool }
    | { readonly kind: "resources"; readonly record: Capabilities["resources"][number] }
    | { readonly kind: "resource_templates"; readonly record: Capabilities["resource_templates"][number] }
    | { readonly kind: "prompts"; readonly record: Prompt }
  );

export type Offer = Readonly<Record<Kind, readonly Entry[]>>;

/** Everything of all kinds, in the order of the server. */
export function offerOf({ tools, resources, resource_templates: templates, prompts }: Capabilities): Offer {
  return {
    tools: tools.map((record) => ({ ...common(record, record.name), kind: "tools", record })),
    resources: resources.map((record) => ({ ...common(record, record.uri), kind: "resources", record })),
    resource_templates: templates.map((record) => ({
      ...common(record, record.uri_template),
      ...{ kind: "resource_templates", record },
    })),
    prompts: prompts.map((record) => ({ ...common(record, record.name), kind: "prompts", record })),
  };
}

interface Described {
  name: string | null;
  backend: string;
  original_name?: string;
  description?: string | null;
  title?: string | null;
  hidden?: boolean;
}

function common(record: Described, name: string): Common {
  const { backend, original_name: original = name, hidden = false } = record;
  const title = record.title ?? (record.name === name ? null : record.name);
  const description = record.description ?? "";
  return {
    key: `${backend}\n${original}`,
    ...{ name, original, title, backend, description, hidden },
    text: [name, original, title ?? "", description].join("\n").toLowerCase(),
  };
}

export interface Wanted {
  /** Words that must all occur. */
  query: string;
  /** Only of this backend. */
  backend: string | null;
  /** Also what is hidden. */
  hidden: boolean;
}

/** What it is called in a list: URIs begin alike, and so are worse names. */
export function labelOf({ kind, name, title }: Entry): string {
  return kind === "tools" || kind === "prompts" ? name : (title ?? name);
}

/** What a list says of it beside its label. */
export function noteOf(entry: Entry): string {
  return labelOf(entry) === entry.name ? entry.description : entry.name;
}

/** What is wanted of them; those whose name has the words come first. */
export function found(entries: readonly Entry[], { query, backend, hidden }: Wanted): readonly Entry[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const named: Entry[] = [];
  const told: Entry[] = [];
  for (const entry of entries) {
    if ((entry.hidden && !hidden) || (backend !== null && entry.backend !== backend)) continue;
    const last = lastOf(words, entry.text);
    if (last < entry.name.length) named.push(entry);
    else if (last < Number.POSITIVE_INFINITY) told.push(entry);
  }
  return [...named, ...told];
}

/** Where the last of the words is found in a text, which begins with the name; Infinity where one is not there. */
function lastOf(words: readonly string[], text: string): number {
  let last = -1;
  for (const word of words) {
    const place = text.indexOf(word);
    if (place < 0) return Number.POSITIVE_INFINITY;
    last = Math.max(last, place);
  }
  return last;
}
