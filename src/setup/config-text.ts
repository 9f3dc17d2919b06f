// Writes a plan as a configuration file, with comments that say where everything is from and what to do next.
import { Document, isMap, isPair, isScalar, type Pair, visit } from "yaml";
import { EXAMPLE } from "../config/find.ts";
import type { Plan, Planned } from "./plan.ts";

const HEAD = ` Argus MCP: one gateway in front of these servers. Made by argus-mcp init.
 Check it with argus-mcp server --check, start it with argus-mcp server,
 and connect a client with argus-mcp client add.`;

/** Stands where nothing was found. */
const FIRST = ` Write this in place of the line below, without the signs of a comment, and a server keeps notes for a model:
${EXAMPLE.replace(/^/gm, " ")}`;

/** Lists up to so many characters are written in one line. */
const SHORT = 90;

const CONFLICTS = ` Who gets a name that two servers have: first-wins, prefix (server_name for all), priority or error.`;

export interface Settings {
  host: string;
  port: number;
}

/** The text of the file. */
export function configText({ backends, leftOut }: Plan, { host, port }: Settings): string {
  const document = new Document({
    version: "1",
    server: { host, port },
    backends: Object.fromEntries(backends.map(({ name, definition }) => [name, definition])),
    conflict_resolution: { strategy: "first-wins" },
  });
  document.commentBefore = HEAD;
  comment(document, ["conflict_resolution"], CONFLICTS);
  if (backends.length === 0) comment(document, ["backends"], FIRST);
  for (const key of ["server", "backends", "conflict_resolution"]) space(document, [key]);
  for (const [index, backend] of backends.entries()) {
    comment(document, ["backends", backend.name], commentOf(backend));
    if (index > 0) space(document, ["backends", backend.name]);
  }
  visit(document, {
    Seq: (_, list) => {
      list.flow = JSON.stringify(list).length <= SHORT;
    },
  });
  const left = leftOut.map(({ name, source, why }) => `# left out: ${name} of ${oneLine(source)}: ${oneLine(why)}\n`);
  return (
    document.toString({ lineWidth: 0, flowCollectionPadding: false }) + (left.length > 0 ? `\n${left.join("")}` : "")
  );
}

function commentOf({ sources, notes }: Planned): string {
  return [`from ${sources.join(", ")}`, ...new Set(notes)].map((line) => ` ${oneLine(line)}`).join("\n");
}

/** What others wrote must not end the comment that it is in. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
}

function comment(document: Document, path: readonly string[], text: string): void {
  const key = pairAt(document, path)?.key;
  if (isScalar(key)) key.commentBefore = text;
}

function space(document: Document, path: readonly string[]): void {
  const key = pairAt(document, path)?.key;
  if (isScalar(key)) key.spaceBefore = true;
}

function pairAt(document: Document, path: readonly string[]): Pair | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  return parent.items.find((pair) => isPair(pair) && isScalar(pair.key) && pair.key.value === path.at(-1));
}
