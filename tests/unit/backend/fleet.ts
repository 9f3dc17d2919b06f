// A supervisor of backends whose servers exist in the test only, and clients' calls to them.
import type { HealthRules } from "../../../src/backend/health.ts";
import { Supervisor } from "../../../src/backend/supervisor.ts";
import type { Caller, JsonObject, Session, Upstream } from "../../../src/model.ts";
import { request } from "../../../src/protocol/message.ts";
import { callerOf, session } from "../gateway/stand-ins.ts";
import { linkServer, optionsOf, type ScriptedServer, surroundings } from "./scripted.ts";

export const stdio = (more: JsonObject = {}) => ({ type: "stdio", command: "x", ...more });

type Definitions = Record<string, JsonObject>;

/** A supervisor of these backends; `next` makes the server for each connection. */
export function fleet(definitions: Definitions, next: (name: string) => ScriptedServer = () => linkServer()) {
  const rules: HealthRules = { interval: 0, timeout: 10, failures: 3 };
  const { clock, facts, deps } = surroundings(rules);
  const servers: ScriptedServer[] = [];
  const options = (of: Definitions) =>
    optionsOf(of, (name) => {
      const server = next(name);
      servers.push(server);
      return server;
    });
  const supervisor = new Supervisor(options(definitions), deps);
  return {
    ...{ clock, facts, deps, rules, servers, supervisor, options },
    /** Brings the backends in line with these definitions. */
    apply: (of: Definitions) => supervisor.apply(options(of)),
    backend: (name = "a"): Upstream => {
      const found = supervisor.upstreams.find((upstream) => upstream.name === name);
      if (!found) throw new Error(`there is no backend ${name}`);
      return found;
    },
    status: (name = "a") => {
      const found = supervisor.status().find((status) => status.name === name);
      if (!found) throw new Error(`there is no status of ${name}`);
      return found;
    },
    stages: (name: string) => facts.filter(({ backend }) => backend === name).map(({ stage }) => stage),
  };
}

/** A session that can open connections of its own. */
export function client(id: string): { session: Session; caller: Caller } {
  const hello = request(0, "initialize", { protocolVersion: "2025-11-25", capabilities: {} });
  const opened = { ...session(id), hello };
  return { session: opened, caller: callerOf(opened) };
}

export function call(method = "tools/call", params: JsonObject = {}, caller?: Caller) {
  return { message: request(7, method, params), ...(caller && { caller }) };
}
