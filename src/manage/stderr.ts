// What a backend has printed beside messages: usually the reason when it does not work.
import { Elysia, t } from "elysia";
import { ApiError, errors } from "./errors.ts";
import type { Program } from "./program.ts";
import { integer, Name, object, Time } from "./schemas.ts";

/** So many lines are held, and given unless fewer are asked for. */
const LIMIT = 200;

/** Where lines are cut, in characters: after secrets were taken out, for half a secret is not recognized. */
const LONGEST = 2_000;

export const Stderr = object(
  {
    name: Name,
    lines: t.Array(object({ timestamp: Time, line: t.String({ description: "Cut at 2,000 characters." }) }), {
      description: "Oldest first.",
    }),
  },
  { description: "The newest lines." },
);

const Query = t.Object(
  { limit: t.Optional(integer({ minimum: 1, maximum: LIMIT, default: LIMIT, description: "The newest so many." })) },
  { additionalProperties: true },
);

/** `GET /backends/{name}/stderr`. */
export function stderr(program: Program) {
  return new Elysia().get(
    "/backends/:name/stderr",
    ({ params: { name }, query }) => ({ name, lines: newest(program, name, query.limit) }),
    {
      // A query holds texts only.
      transform: ({ query }) => {
        if (/^\d+$/.test(`${query.limit}`)) query.limit = Number(query.limit);
      },
      params: object({ name: Name }),
      query: Query,
      response: { 200: Stderr, ...errors(400) },
      detail: {
        ...{ tags: ["Backends"], operationId: "getStderr", summary: "What a backend printed beside messages" },
        description: "What its processes wrote to stderr, and a local process behind a URL also to stdout.",
      },
    },
  );
}

function newest(program: Program, name: string, limit = LIMIT) {
  const lines = program.printed(name);
  if (!lines) throw new ApiError("not_found", `no backend ${JSON.stringify(name)}`);
  return lines.slice(-limit).map(({ timestamp, line }) => ({ timestamp, line: line.slice(0, LONGEST) }));
}
