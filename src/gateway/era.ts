// In which era a backend speaks, and what it has of it that the other era does not know.
import type { Upstream } from "../model.ts";
import { isObject } from "../protocol/message.ts";
import { hasTasks } from "../protocol/tasks-extension.ts";
import { MODERN_VERSION } from "../protocol/version.ts";

/** Whether it is spoken to in the modern era; false while nobody knows. */
export function speaksModern({ offer }: Upstream): boolean {
  return offer?.hello.body.protocolVersion === MODERN_VERSION;
}

/** Whether its tasks can be offered: one that lives in a session's own process is out of reach for its client's other requests. */
export function offersTasks(upstream: Upstream): boolean {
  const capabilities = upstream.offer?.hello.body.capabilities;
  return upstream.sharing === "shared" && speaksModern(upstream) && isObject(capabilities) && hasTasks(capabilities);
}
