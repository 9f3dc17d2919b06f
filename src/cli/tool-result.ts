// Shows a tool's result to people: text as it is, structure as indented JSON, and everything else as a note.
import type { JsonObject } from "../model.ts";

/** The lines to print. Structure that the text only repeats is shown once. */
export function readable({ content, structuredContent }: JsonObject): string[] {
  const blocks = (Array.isArray(content) ? content : []) as JsonObject[];
  if (structuredContent === undefined) return blocks.map(blockOf);
  const others = blocks.filter(({ type, text }) => type !== "text" || !repeats(String(text), structuredContent));
  return [...others.map(blockOf), JSON.stringify(structuredContent, undefined, 2)];
}

function repeats(text: string, structure: unknown): boolean {
  try {
    return Bun.deepEquals(JSON.parse(text), structure);
  } catch {
    return false;
  }
}

function blockOf(block: JsonObject): string {
  const { type, text, data, mimeType, uri, name, resource } = block;
  if (type === "text") return String(text);
  if (type === "image" || type === "audio") return `[${type} ${mimeType}, ${sizeOf(String(data))}]`;
  if (type === "resource_link") return `[resource ${uri}${name === undefined ? "" : `, ${name}`}]`;
  if (type === "resource") return embedded((resource ?? {}) as JsonObject);
  return JSON.stringify(block, undefined, 2);
}

function embedded({ uri, text, blob, mimeType }: JsonObject): string {
  if (text !== undefined) return `[resource ${uri}]\n${text}`;
  return `[resource ${uri}${mimeType === undefined ? "" : `, ${mimeType}`}, ${sizeOf(String(blob ?? ""))}]`;
}

/** The size of what base64 stands for. */
function sizeOf(base64: string): string {
  const bytes = Math.floor((base64.replace(/=+$/, "").length * 3) / 4);
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KiB`;
}
