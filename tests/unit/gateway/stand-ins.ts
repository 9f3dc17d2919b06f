// Backends, sessions and callers that are nothing but what a test needs to know of them.

import type { Source } from "../../../src/gateway/catalog.ts";
import { filterOf } from "../../../src/gateway/filters.ts";
import type { Caller, CapabilityKind, Item, JsonObject, Message, Session, Upstream } from "../../../src/model.ts";

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

/** What nothing is filtered of. */
export function sourceOf(of: Upstream): Source {
  const all = filterOf({ allow: [], deny: [] });
  return { upstream: of, filters: { tools: all, resources: all, prompts: all }, overrides: {} };
}

export function session(id: string, capabilities: JsonObject = {}, roles: readonly string[] = []): Session {
  return {
    id,
    group: null,
    address: null,
    identity: { subject: roles.length > 0 ? id : null, issuer: null, roles },
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

/** A session with these roles that keeps what it is told. */
export function listener(
  id: string,
  ...roles: string[]
): Session & { heard: Message[]; methods(): (string | undefined)[] } {
  const heard: Message[] = [];
  const methods = () => heard.splice(0).map(({ body }) => body.method);
  return { ...session(id, {}, roles), heard, methods, notify: (message) => void heard.push(message) };
}
