// Backends, sessions and callers that are nothing but what a test needs to know of them.
import type { Caller, CapabilityKind, Item, JsonObject, Session, Upstream } from "../../../src/model.ts";

export type Offered = Partial<Record<CapabilityKind, JsonObject[]>> & { hello?: JsonObject };

/** A backend that offers these things; without any it was never connected. */
export function upstream(name: string, offered?: Offered, more: Partial<Upstream> = {}): Upstream {
  return {
    name,
    group: "default",
    sharing: "shared",
    ready: true,
    offer: offered && {
      hello: item(offered.hello ?? {}),
      tools: (offered.tools ?? []).map(item),
      prompts: (offered.prompts ?? []).map(item),
      resources: (offered.resources ?? []).map(item),
      resourceTemplates: (offered.resourceTemplates ?? []).map(item),
    },
    request: () => Promise.reject(new Error("nobody should ask")),
    notify: () => undefined,
    release: () => undefined,
    ...more,
  };
}

function item(body: JsonObject): Item {
  return { text: JSON.stringify(body), body };
}

export function session(id: string, capabilities: JsonObject = {}): Session {
  return {
    id,
    group: null,
    identity: { subject: null, issuer: null, roles: [] },
    hello: { text: "{}", body: {} },
    capabilities,
    ask: () => Promise.reject(new Error("nobody should ask")),
    notify: () => undefined,
  };
}

/** Who sent one of a session's requests. */
export function callerOf(of: Session): Caller {
  return { session: of, ask: of.ask, notify: of.notify };
}
