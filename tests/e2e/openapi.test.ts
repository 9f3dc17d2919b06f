// Walks the OpenAPI document: every status of every operation is provoked, and the answer is what the document says.
import { expect, setDefaultTimeout, test } from "bun:test";
import { type ApiDocument, faultOf, operationsOf, responsesOf } from "../fixtures/api-document.ts";
import { tiny } from "../fixtures/backends.ts";
import { connect } from "../fixtures/connect.ts";
import { type Gateway, startGateway } from "../fixtures/gateway.ts";
import { managementOf } from "../fixtures/management.ts";
import { brokenProgram, manage, programOf } from "../fixtures/program.ts";

setDefaultTimeout(60_000);

const token = "the token";
const authorization = { authorization: `Bearer ${token}` };

const config = {
  version: "1",
  server: { management: { token }, tool_lock: "warn" },
  backends: {
    good: tiny("good"),
    bad: { type: "stdio", command: "/nowhere/at-all" },
    off: { ...tiny("off"), enabled: false },
  },
};

interface Gateways {
  /** Has a token and backends. */
  usual: Gateway;
  /** Has its management API turned off. */
  silent: Gateway;
  /** Is guessed at. */
  besieged: Gateway;
  /** May be ended. */
  doomed: Gateway;
}

interface Target {
  method: string;
  /** After `/manage/v1`, with a name that there is in the place of parameters. */
  path: string;
  gateways: Gateways;
}

type Provoke = (target: Target) => Promise<Response>;

/** Sends the request of the target with something else. */
const send = ({ gateways, method, path }: Target, init: RequestInit = {}, gateway = gateways.usual) =>
  gateway.manage(path, { method, headers: authorization, ...init });

/** How a status comes about, for all operations that have it. */
const provocations: Record<number, Provoke> = {
  200: (target) => send(target),
  400: (target) =>
    target.method === "POST"
      ? send(target, { body: "[]" })
      : send({ ...target, path: `${target.path}?severity=x&type=x&limit=x` }),
  401: (target) => send(target, { headers: {} }),
  403: (target) => send(target, { headers: { ...authorization, origin: "http://evil.example" } }),
  404: (target) => send(target, {}, target.gateways.silent),
  405: (target) => send(target, { method: "PATCH" }),
  413: (target) => send(target, { body: " ".repeat(65_537) }),
  429: async (target) => {
    for (let guess = 0; guess < 20; guess++) {
      const headers = { authorization: `Bearer ${guess} ${target.path}` };
      const response = await send(target, { headers }, target.gateways.besieged);
      if (response.status !== 401) return response;
    }
    throw new Error("one may guess without end");
  },
  500: ({ method, path }) => manage(brokenProgram("broken"), { report: () => undefined }).ask(method, path),
};

const approval = (backend: string) => ({ body: JSON.stringify({ backend, tools: ["good"] }) });

const never = programOf({ state: () => "stopping", tried: () => false });

/** How it comes about for one operation, by its status and id. */
const exceptions: Record<string, Provoke> = {
  "200 approveTools": (target) => send(target, approval("good")),
  "409 approveTools": (target) => send(target, approval("bad")),
  "500 approveTools": ({ method, path }) =>
    manage(brokenProgram("broken"), { report: () => undefined }).ask(method, path, approval("good")),
  "202 shutdown": (target) => send(target, {}, target.gateways.doomed),
  "204 endSession": async (target) => {
    const { usual } = target.gateways;
    await using _client = await connect(usual.url);
    const { data } = await managementOf(usual.url, token).sessions.get();
    return await send({ ...target, path: `/sessions/${data?.sessions[0]?.id}` });
  },
  "409 reconnect": (target) => send({ ...target, path: "/reconnect/off" }),
  "502 reconnect": (target) => send({ ...target, path: "/reconnect/bad" }),
  "503 getReady": ({ method, path }) => manage(never).ask(method, path),
  "503 reload": ({ method, path }) => manage(never).ask(method, path),
  "503 reconnect": ({ method, path }) => manage(never).ask(method, path),
};

test("every answer is as documented", async () => {
  await using usual = await startGateway(config);
  await using silent = await startGateway({ version: "1", server: { management: { enabled: false } } });
  await using besieged = await startGateway(config);
  await using doomed = await startGateway({ version: "1", server: { management: { token } } });
  const gateways = { usual, silent, besieged, doomed };
  const document = (await (await usual.manage("/openapi.json")).json()) as ApiDocument;
  const faults: Record<string, string> = {};
  let provoked = 0;
  for (const { method, path: template, operation } of operationsOf(document)) {
    const path = template.replace("/manage/v1", "").replace(/\{\w+\}/, "good");
    for (const [status, documented] of responsesOf(document, operation)) {
      const name = `${status} ${operation.operationId}`;
      const provoke = exceptions[name] ?? provocations[status];
      const response = await provoke?.({ method, path, gateways });
      provoked++;
      if (!response) faults[name] = "nothing provokes it";
      else if (response.status !== status) faults[name] = `it was ${response.status}: ${await response.text()}`;
      else {
        const fault = await faultOf(documented, response);
        if (fault !== undefined) faults[name] = fault;
      }
    }
  }
  expect(faults).toEqual({});
  expect(provoked).toBeGreaterThan(100);
  expect(await doomed.exited).toBe(0);
});
