// The management API as one Elysia app, composed of one instance a resource.
import { Elysia } from "elysia";
import { backends } from "./backends.ts";
import { capabilities } from "./capabilities.ts";
import { control } from "./control.ts";
import { docs } from "./docs.ts";
import { answerTo } from "./errors.ts";
import type { EventStreams } from "./event-streams.ts";
import { events } from "./events.ts";
import { health } from "./health.ts";
import { lock } from "./lock.ts";
import { metrics } from "./metrics.ts";
import { documentOf, openapi } from "./openapi.ts";
import type { Program } from "./program.ts";
import { security } from "./security.ts";
import { sessions } from "./sessions.ts";
import { snapshot } from "./snapshot.ts";
import { status } from "./status.ts";
import { stderr } from "./stderr.ts";

export const PREFIX = "/manage/v1";

export type ManagementApp = ReturnType<typeof managementApp>;

/** Makes the app; `report` takes what should not have happened. */
export function managementApp(program: Program, streams: EventStreams, report: (error: unknown) => void) {
  // Normalizing would drop unknown keys of a body instead of refusing them; a standard hostname has more than three letters.
  const app = new Elysia({ prefix: PREFIX, normalize: false, handler: { standardHostname: false } })
    // Covers only what comes after it.
    .onError(({ error }) => answerTo(error, report))
    .use(health(program))
    .use(status(program))
    .use(snapshot(program))
    .use(backends(program))
    .use(stderr(program))
    .use(capabilities(program))
    .use(lock(program))
    .use(sessions(program))
    .use(events(program, streams))
    .use(security(program))
    .use(control(program))
    .use(metrics(program))
    .use(docs());
  return app.use(openapi(() => documentOf(app)));
}
