// What to do to connect one client: where its text belongs, the text, what comes after it, and the command that does it all.
import type { Client } from "../../clients/client.ts";
import { jsonLines } from "../json-lines.ts";
import { visible, widthOf, wrap } from "../text.ts";
import type { Line, Role } from "../theme.ts";
import { type Recipe, readsVariables } from "./client-recipe.ts";

/** Longer lines of prose are hard to read. */
const PROSE = 100;

/** Steps from top to bottom, for so many columns. */
export function recipeLines(recipe: Recipe, width: number): Line[] {
  const { client, snippet, token } = recipe;
  const { file, language, text } = snippet;
  const shell = language === "sh";
  return [
    ...(shell ? [[["Run this command:"]] satisfies Line] : placeLines(file, client, width)),
    [],
    ...(shell ? paragraph(text, width, "strong") : jsonLines(JSON.parse(text), width)),
    [],
    ...paragraph(`Then ${client.afterwards}.`, width),
    ...(token === null ? [] : [[], ...paragraph(token, width, "warning")]),
    ...(client.note && !shell ? [[], ...paragraph(`${sentence(client.note)}.`, width, "muted")] : []),
    ...(shell
      ? []
      : [[], ...paragraph("Or let Argus write it, with a backup:", width), ...commandLines(recipe, width)]),
  ];
}

function placeLines(file: string, { key }: Client, width: number): Line[] {
  const before = "It belongs into ";
  const inline = before.length + widthOf(visible(file)) <= width;
  const beside: Line = [[before], [file, "accent"]];
  const place = inline ? [beside] : [...paragraph(before, width), ...paragraph(file, width, "accent")];
  return [
    ...place,
    ...paragraph(`Where there are servers already, it goes beside them, under "${key}".`, width, "muted"),
  ];
}

/** `argus-mcp client add` for the same entry. */
function commandLines({ client, url, name, variable }: Recipe, width: number): Line[] {
  const named = name === "argus" ? [] : ["--name", name];
  return paragraph(
    ["argus-mcp client add", client.name, "--url", url, ...named, ...tokenFlag(client, variable)].join(" "),
    width,
    "strong",
  );
}

/** A client that reads no variables needs the token itself. */
function tokenFlag(client: Client, variable: string | undefined): string[] {
  if (variable === undefined) return [];
  return readsVariables(client) ? ["--token-env", variable] : ["--token", `"$${variable}"`];
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function paragraph(text: string, width: number, role: Role = "text"): Line[] {
  return wrap(text, Math.min(width, PROSE)).map((line): Line => [[line, role]]);
}
