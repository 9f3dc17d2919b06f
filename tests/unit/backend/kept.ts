// A keeper of a connection to servers that exist in the test only, and what it tells.
import type { HealthRules } from "../../../src/backend/health.ts";
import { Keeper } from "../../../src/backend/keeper.ts";
import { request } from "../../../src/protocol/message.ts";
import { connectTo, gone, ScriptedServer, surroundings } from "./scripted.ts";

export const PROBED: HealthRules = { interval: 30, timeout: 10, failures: 3 };

/** A keeper whose connections lead to what `next` gives, with what it tells. */
export function kept(next: () => ScriptedServer | Error, health: HealthRules = { ...PROBED, interval: 0 }) {
  const { clock, facts, deps } = surroundings();
  const servers: ScriptedServer[] = [];
  let changes = 0;
  const keeper = new Keeper({
    clock,
    healthRules: () => health,
    listTimeout: () => 10,
    connect: (signal) => {
      const server = next();
      if (server instanceof Error) return Promise.reject(server);
      servers.push(server);
      return connectTo(server, clock, signal);
    },
    tell: deps.emit,
    changed: () => changes++,
    connected: () => undefined,
  });
  /** The server goes away by itself. */
  const lose = () => {
    const connection = keeper.link.current;
    if (!connection) throw new Error("there is no connection");
    void connection.close(gone);
    keeper.lost(connection, gone);
  };
  const call = () => keeper.link.request({ message: request(7, "tools/call", {}) }, 0);
  return {
    clock,
    facts,
    servers,
    keeper,
    lose,
    call,
    changes: () => changes,
    stages: () => facts.map(({ stage }) => stage),
  };
}

/** A list of prompts. */
export const prompts = (...names: string[]) => ({ prompts: names.map((name) => ({ name })) });

/** A server that offers these prompts. */
export const offering = (...names: string[]) =>
  new ScriptedServer({ prompts: {} }, { "prompts/list": () => prompts(...names) });
