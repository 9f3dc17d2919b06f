// The lock of tools: what is not as it was approved, and the approval of it.
import { Elysia, t } from "elysia";
import { ApiError, errors } from "./errors.ts";
import type { Program } from "./program.ts";
import { Name, nullable, object, oneOf } from "./schemas.ts";

const Tool = t.String({ description: "As the backend calls it." });

const Change = object({
  backend: Name,
  tool: Tool,
  change: oneOf(["new", "changed", "removed"], "Since it was approved."),
  hidden: t.Boolean({ description: "Clients neither see nor call it." }),
  difference: t.Array(t.String(), { description: "What was (-) and what is (+), in lines." }),
  hash: nullable(t.String({ description: "Of the definition as it is now." })),
});

export const Lock = object(
  {
    mode: oneOf(["off", "warn", "block"], "server.tool_lock"),
    file: t.String({ description: "The path of argus.lock." }),
    changes: t.Array(Change),
  },
  { description: "What is not as it was approved." },
);

const Approval = object({
  backend: Name,
  tools: t.Array(Tool, { minItems: 1, description: "What is offered is approved as it is; what is gone, as gone." }),
  hashes: t.Optional(
    t.Record(Tool, nullable(t.String()), {
      description: "As in the list of changes, by tool: refused where one has changed again since.",
    }),
  ),
});

const Approved = object(
  { backend: Name, approved: t.Array(Tool) },
  { description: "They are in argus.lock, and count at once." },
);

/** `GET /lock` and `POST /lock/approve`. */
export function lock(program: Program) {
  return new Elysia()
    .get("/lock", () => lockOf(program), {
      response: { 200: Lock, ...errors() },
      detail: { tags: ["Capabilities"], operationId: "getLock", summary: "Tools that are not as they were approved" },
    })
    .post("/lock/approve", ({ body }) => approve(program, body), {
      parse: "json",
      body: Approval,
      response: { 200: Approved, ...errors(400, 409, 413) },
      detail: { tags: ["Capabilities"], operationId: "approveTools", summary: "Approve tools as they are" },
    });
}

function approve(program: Program, { backend, tools, hashes = {} }: typeof Approval.static) {
  const stranger = Object.keys(hashes).find((tool) => !tools.includes(tool));
  if (stranger !== undefined)
    throw new ApiError("bad_request", `hashes has ${JSON.stringify(stranger)}, which is not among tools`);
  return { backend, approved: program.approve(backend, tools, hashes) };
}

function lockOf(program: Program) {
  const { mode, file, changes } = program.lock();
  const shown = changes.map(({ backend, tool, change, hidden, difference, hash = null }) => ({
    ...{ backend, tool, change, hidden },
    difference: [...difference],
    hash,
  }));
  return { mode, file, changes: shown };
}
