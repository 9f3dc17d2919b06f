// What came of a request as lines: texts as they are, structured content as JSON, and a line for what is no text.
import type { JsonObject } from "../../model.ts";
import { counted } from "../format.ts";
import { jsonLines } from "../json-lines.ts";
import { asList, asObject, isObject, textOf } from "../schema.ts";
import { visible, wrap } from "../text.ts";
import type { Line, Role } from "../theme.ts";

/** More of one text, in characters, nobody reads on a screen. */
const LONGEST = 200_000;

/** Whether a tool says that it could not do it. */
export function isFailed(result: JsonObject): boolean {
  return result.isError === true;
}

/** A result of a tool, a prompt or a resource, for so many columns. */
export function resultLines(result: JsonObject, width: number): Line[] {
  const role: Role = isFailed(result) ? "bad" : "text";
  const parts = [
    ...(typeof result.description === "string" ? [wrapped(result.description, width, "muted")] : []),
    ...asList(result.content).map((block) => blockLines(block, width, role)),
    ...asList(result.contents).map((contents) => resourceLines(asObject(contents), width)),
    ...asList(result.messages).map((message) => messageLines(asObject(message), width)),
    ...(result.structuredContent === undefined
      ? []
      : [[titled("structured content"), ...jsonLines(result.structuredContent, width)]]),
  ];
  const lines = parts.flatMap((part, index) => (index > 0 ? [[], ...part] : part));
  return lines.length > 0 ? lines : [[["It gave nothing.", "muted"]]];
}

function messageLines({ role, content }: JsonObject, width: number): Line[] {
  const blocks = isObject(content) ? [content] : asList(content);
  return [titled(textOf(role) || "message"), ...blocks.flatMap((block) => blockLines(block, width, "text"))];
}

function blockLines(given: unknown, width: number, role: Role): Line[] {
  const block = asObject(given);
  switch (block.type) {
    case "text":
      return wrapped(textOf(block.text), width, role);
    case "image":
    case "audio":
      return [one(String(block.type), textOf(block.mimeType), sizeOf(block.data))];
    case "resource_link":
      return linkLines(block, width);
    case "resource":
      return resourceLines(asObject(block.resource), width);
    default:
      return [titled(textOf(block.type) || "content"), ...jsonLines(given, width)];
  }
}

function linkLines({ uri, name, mimeType, description }: JsonObject, width: number): Line[] {
  return [
    [
      ["→ ", "accent"],
      [textOf(name) || textOf(uri), "strong"],
      [`  ${textOf(uri)}`, "key"],
      [`  ${textOf(mimeType)}`, "muted"],
    ],
    ...(textOf(description) === "" ? [] : wrapped(textOf(description), width - 2, "muted").map(indented)),
  ];
}

function resourceLines({ uri, mimeType, text, blob }: JsonObject, width: number): Line[] {
  const head: Line = [
    [textOf(uri), "key"],
    [`  ${textOf(mimeType)}`, "muted"],
  ];
  if (typeof text === "string") return [head, ...wrapped(text, width, "text")];
  return [head, one("binary", textOf(mimeType), sizeOf(blob))];
}

function indented(line: Line): Line {
  return [["  "], ...line];
}

function titled(title: string): Line {
  return [[title, "accent"]];
}

function wrapped(text: string, width: number, role: Role): Line[] {
  const lines = wrap(text.slice(0, LONGEST), width).map((line): Line => [[line, role]]);
  const left = text.length - LONGEST;
  return left > 0 ? [...lines, [[`… ${counted(left, "more character")}; copy has all of it`, "muted"]]] : lines;
}

/** What cannot be shown: `◆ image  image/png  3.4 kB`. */
function one(what: string, type: string, size: string): Line {
  return [["◆ ", "accent"], [what, "strong"], [`  ${visible(type)}  `, "muted"], [size]];
}

/** The size of what is given in base64. */
function sizeOf(base64: unknown): string {
  const text = textOf(base64);
  const bytes = Math.max(0, Math.floor((text.length * 3) / 4) - (text.match(/=*$/)?.[0].length ?? 0));
  if (bytes < 1_000) return counted(bytes, "byte");
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
