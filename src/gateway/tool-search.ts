// Finds tools by words: a ranked full-text search over their names, titles, descriptions, parameters and backends.
import type MiniSearch from "minisearch";
import type { JsonObject } from "../model.ts";
import { elements, pick } from "../protocol/json.ts";
import { isObject } from "../protocol/message.ts";
import { textOf } from "../protocol/names.ts";
import type { Catalog } from "./catalog.ts";

/** What of a catalog is searched. */
type Searched = Pick<Catalog, "tools" | "lists">;

/** Gives the definitions that match best, the best first, as JSON texts. */
export type ToolSearch = (query: string, limit: number) => Promise<string[]>;

interface Index {
  /** The ids of its documents are positions in `texts`. */
  words: MiniSearch;
  texts: readonly string[];
}

/** Makes the search in a catalog's tools. The library is loaded, and the index built, with the first query. */
export function toolSearch(catalog: Searched): ToolSearch {
  let index: Promise<Index> | undefined;
  return async (query, limit) => {
    index ??= indexOf(catalog);
    const { words, texts } = await index;
    const hits = words.search(query);
    const least = (hits[0]?.score ?? 0) * RELEVANT;
    const relevant = hits.slice(0, limit).filter(({ score }) => score >= least);
    return relevant.map(({ id }) => definitionOf(texts[id] ?? "{}"));
  };
}

/** What scores below this share of the best match has just some word of the query, and is not worth its tokens. */
const RELEVANT = 0.25;

/** What is searched, and how much a word in it counts. */
const FIELDS = { name: 4, title: 2, description: 2, parameters: 1, backend: 1 };

async function indexOf({ tools, lists }: Searched): Promise<Index> {
  const { default: Search } = await import("minisearch");
  const texts = elements(lists.tools, ["tools"]);
  const words = new Search({
    fields: Object.keys(FIELDS),
    stringifyField: (value) => (typeof value === "string" ? value : ""),
    processTerm: termsOf,
    // Of short words nearly every other one is a variant.
    searchOptions: { boost: FIELDS, prefix: isLong, fuzzy: (term) => isLong(term) && 0.2 },
  });
  const documents = texts.map((text, id) => {
    const { name, title, description, inputSchema }: JsonObject = JSON.parse(text);
    const parameters = [...wordsOf(inputSchema)].join(" ");
    return { id, name, title, description, parameters, backend: tools.get(textOf(name))?.upstream.name };
  });
  words.addAll(documents);
  return { words, texts };
}

function isLong(term: string): boolean {
  return term.length > 3;
}

/** The names and descriptions of a schema's properties, nested ones too. */
function* wordsOf(schema: unknown): Generator<string> {
  if (!isObject(schema)) return;
  if (typeof schema.description === "string") yield schema.description;
  for (const [name, property] of Object.entries(isObject(schema.properties) ? schema.properties : {})) {
    yield name;
    yield* wordsOf(property);
  }
  yield* wordsOf(schema.items);
}

/** Words that say nothing about a tool. */
const STOP_WORDS = new Set(
  (
    "a all an and are as at be by can do does for from get has have how i if in into is it its me my of on or our " +
    "please that the this to use using want was we what which with you your"
  ).split(" "),
);

/** Where a word in camel case has its humps. */
const HUMP = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;

/** A word in camel case is found as a whole ("GitHub") and by its parts ("create" in "createIssue"). */
function termsOf(word: string): string[] {
  const terms = [word, ...word.split(HUMP)].map((term) => term.toLowerCase());
  return [...new Set(terms)].filter((term) => term !== "" && !STOP_WORDS.has(term));
}

/** What model APIs take of a tool, in the backend's own words: titles, icons, annotations and output schemas are for clients. */
const SHOWN = ["name", "description", "inputSchema"];

function definitionOf(text: string): string {
  const members = SHOWN.flatMap((key) => {
    const value = pick(text, [key]);
    return value === undefined ? [] : `"${key}":${value}`;
  });
  return `{${members.join()}}`;
}
