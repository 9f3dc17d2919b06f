// The OpenAPI document: valid, complete, and silent about the server.
import { describe, expect, test } from "bun:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { type ApiDocument, compile, operationsOf, responsesOf, schemasOf } from "../../fixtures/api-document.ts";
import { backendOf, brokenProgram, manage, programOf } from "../../fixtures/program.ts";

const document = (await manage(programOf()).get("/openapi.json")) as ApiDocument;
const operations = operationsOf(document);
const named = (ids: string[]) => operations.filter(({ operation }) => ids.includes(operation.operationId));

test("is a valid document of OpenAPI 3.1 whose schemas are valid", async () => {
  expect(document.openapi).toStartWith("3.1.");
  expect(await new Validator().validate(structuredClone({ ...document }))).toEqual({ valid: true });
  for (const schema of schemasOf(document)) compile(schema);
});

test("has every endpoint of the contract, and no other", () => {
  expect(operations.map(({ method, path }) => `${method} ${path.replace("/manage/v1", "")}`).toSorted()).toEqual([
    "DELETE /sessions/{id}",
    "GET /backends",
    "GET /backends/{name}",
    "GET /backends/{name}/stderr",
    "GET /capabilities",
    "GET /docs",
    "GET /events",
    "GET /events/stream",
    "GET /groups",
    "GET /health",
    "GET /lock",
    "GET /metrics",
    "GET /openapi.json",
    "GET /ready",
    "GET /security",
    "GET /sessions",
    "GET /snapshot",
    "GET /status",
    "POST /lock/approve",
    "POST /reconnect/{name}",
    "POST /reload",
    "POST /shutdown",
  ]);
});

test("names each operation once, and says what it is", () => {
  expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
  for (const { operation } of operations) {
    expect(operation).toMatchObject({ summary: expect.any(String), tags: [expect.any(String)] });
  }
});

describe("security", () => {
  const open = named(["getHealth", "getReady", "getOpenApi", "readDocs"]);

  test("is a bearer token, which only the probes and the documents do without", () => {
    expect(document.security).toEqual([{ bearer: [] }]);
    expect(document.components.securitySchemes.bearer).toMatchObject({ type: "http", scheme: "bearer" });
    expect(operations.filter(({ operation }) => operation.security?.length === 0)).toEqual(open);
  });

  test("what needs the token has its errors", () => {
    for (const { operation } of operations.filter((candidate) => !open.includes(candidate))) {
      const statuses = responsesOf(document, operation).map(([status]) => status);
      expect(statuses).toEqual(expect.arrayContaining([401, 403, 404, 405, 429, 500]));
    }
  });
});

test("errors have their headers and their code", () => {
  const { unauthorized, method_not_allowed: notAllowed, rate_limited: limited } = document.components.responses;
  expect(Object.keys(unauthorized?.headers ?? {})).toEqual(["WWW-Authenticate"]);
  expect(Object.keys(notAllowed?.headers ?? {})).toEqual(["Allow"]);
  expect(Object.keys(limited?.headers ?? {})).toEqual(["Retry-After"]);
  for (const [code, response] of Object.entries(document.components.responses)) {
    expect(response.content?.["application/json"]?.schema).toMatchObject({
      required: ["error"],
      properties: { error: { properties: { code: { const: code } } } },
    });
  }
});

test("what is no JSON has its type, and what has no body none", () => {
  const types = (id: string, status: number) =>
    named([id]).flatMap(({ operation }) => {
      const [, response] = responsesOf(document, operation).find(([of]) => of === status) ?? [];
      return Object.keys(response?.content ?? { none: true });
    });
  expect(types("streamEvents", 200)).toEqual(["text/event-stream"]);
  expect(types("getMetrics", 200)).toEqual(["text/plain"]);
  expect(types("readDocs", 200)).toEqual(["text/html"]);
  expect(types("endSession", 204)).toEqual(["none"]);
});

test("what may be left out is not required", () => {
  for (const { operation } of operations) {
    for (const parameter of operation.parameters ?? []) {
      const { in: place, required } = parameter as unknown as { in: string; required: boolean };
      expect(required).toBe(place === "path");
    }
    if (operation.requestBody) expect(operation.requestBody).toMatchObject({ required: false });
  }
});

test("is the same whatever the server is and was asked before", async () => {
  const { ask, get } = manage(programOf({ version: "9.9.9", backends: () => [backendOf()] }));
  for (const { method, path } of operations) await (await ask(method, path.replace("/manage/v1", ""))).body?.cancel();
  expect(await get("/openapi.json")).toEqual(document);
  expect(await manage(brokenProgram("it was asked")).get("/openapi.json")).toEqual(document);
});
