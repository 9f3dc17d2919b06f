// What changes the gateway while it runs: reload, reconnect, shutdown.
import { Elysia, t } from "elysia";
import { describe, GatewayError } from "../errors.ts";
import { ApiError, errors } from "./errors.ts";
import type { Program } from "./program.ts";
import { Name, nullable, object } from "./schemas.ts";

const Nothing = object({});

const Names = t.Array(Name);

export const Reload = object(
  {
    reloaded: t.Boolean({ description: "False when the file is invalid; nothing has changed then." }),
    backends_added: Names,
    backends_removed: Names,
    backends_changed: Names,
    restart_required: t.Array(t.String(), { description: "Changed keys that count after a restart only." }),
    errors: t.Array(t.String()),
  },
  { description: "What the reload did." },
);

export const Reconnect = (description: string) =>
  object({ name: Name, reconnected: t.Boolean(), error: nullable(t.String()) }, { description });

const Shutdown = object({
  // A `default` here would make Elysia take null for an object.
  timeout_seconds: t.Optional(
    t.Number({ minimum: 1, maximum: 300, description: "How long calls in flight may take; 30 unless given." }),
  ),
});

/** `POST /reload`, `/reconnect/{name}` and `/shutdown`. */
export function control(program: Program) {
  return new Elysia()
    .post("/reload", () => reload(program), {
      parse: "json",
      body: Nothing,
      response: { 200: Reload, ...errors(400, 413, 503) },
      detail: { tags: ["Control"], operationId: "reload", summary: "Read the configuration again" },
    })
    .post(
      "/reconnect/:name",
      async ({ params: { name }, status }) => {
        const error = await reconnect(program, name);
        return status(error === null ? 200 : 502, { name, reconnected: error === null, error });
      },
      {
        parse: "json",
        params: object({ name: Name }),
        body: Nothing,
        response: {
          200: Reconnect("It is connected anew."),
          502: Reconnect("It could not be connected."),
          ...errors(400, 409, 413, 503),
        },
        detail: { tags: ["Control"], operationId: "reconnect", summary: "Connect a backend anew" },
      },
    )
    .post(
      "/shutdown",
      ({ body, status }) => {
        program.shutdown(body.timeout_seconds ?? 30);
        return status(202, { shutting_down: true });
      },
      {
        parse: "json",
        body: Shutdown,
        response: {
          202: object({ shutting_down: t.Boolean() }, { description: "The process ends, with exit code 0." }),
          ...errors(400, 413),
        },
        detail: { tags: ["Control"], operationId: "shutdown", summary: "End the gateway" },
      },
    );
}

async function reload(program: Program) {
  mustRun(program);
  const { added, removed, changed, restartRequired, errors: found } = await program.reload();
  return {
    reloaded: found.length === 0,
    backends_added: added,
    backends_removed: removed,
    backends_changed: changed,
    restart_required: restartRequired,
    errors: found,
  };
}

/** Gives what went wrong, if anything did. */
async function reconnect(program: Program, name: string): Promise<string | null> {
  mustRun(program);
  try {
    await program.reconnect(name);
    return null;
  } catch (error) {
    const refused = error instanceof GatewayError && (error.code === "not_found" || error.code === "conflict");
    if (refused || !(error instanceof GatewayError)) throw error;
    return describe(error);
  }
}

function mustRun(program: Program): void {
  if (program.state() === "stopping") throw new ApiError("unavailable", "the gateway is about to end");
}
