// Reload, reconnect and shutdown.
import { describe, expect, mock, test } from "bun:test";
import { GatewayError } from "../../../src/errors.ts";
import { manage, programOf } from "../../fixtures/program.ts";

describe("POST /reload", () => {
  const nothing = { added: [], removed: [], changed: [], restartRequired: [], errors: [] };

  test("tells what has changed", async () => {
    const report = { ...nothing, added: ["a"], removed: ["b"], changed: ["c"], restartRequired: ["server.port"] };
    const response = await manage(programOf({ reload: async () => report })).ask("POST", "/reload");
    expect([response.status, await response.json()]).toStrictEqual([
      200,
      {
        reloaded: true,
        ...{ backends_added: ["a"], backends_removed: ["b"], backends_changed: ["c"] },
        ...{ restart_required: ["server.port"], errors: [] },
      },
    ]);
  });

  test("tells why it has not", async () => {
    const report = { ...nothing, errors: ["config.yaml:1:1: no"] };
    const response = await manage(programOf({ reload: async () => report })).ask("POST", "/reload");
    expect([response.status, await response.json()]).toStrictEqual([
      200,
      {
        reloaded: false,
        ...{ backends_added: [], backends_removed: [], backends_changed: [] },
        ...{ restart_required: [], errors: ["config.yaml:1:1: no"] },
      },
    ]);
  });

  test("is unavailable when the program says so", async () => {
    const reload = () => Promise.reject(new GatewayError("unavailable", "the gateway is shutting down"));
    const response = await manage(programOf({ reload })).ask("POST", "/reload");
    expect([response.status, await response.json()]).toMatchObject([503, { error: { code: "unavailable" } }]);
  });
});

describe("POST /reconnect/{name}", () => {
  const failing = (error: Error) => manage(programOf({ reconnect: () => Promise.reject(error) }), { report: mock() });

  test("tells that it is done", async () => {
    const reconnect = mock(() => Promise.resolve());
    const response = await manage(programOf({ reconnect })).ask("POST", "/reconnect/one");
    expect([response.status, await response.json()]).toStrictEqual([
      200,
      { name: "one", reconnected: true, error: null },
    ]);
    expect(reconnect.mock.calls as unknown[]).toEqual([["one"]]);
  });

  test.each(["unavailable", "timeout", "internal", "invalid_request"] as const)(
    "tells why it has failed: %s",
    async (code) => {
      const response = await failing(new GatewayError(code, "it is away")).ask("POST", "/reconnect/one");
      expect([response.status, await response.json()]).toStrictEqual([
        502,
        { name: "one", reconnected: false, error: "it is away" },
      ]);
    },
  );

  test.each([
    ["not_found", 404],
    ["conflict", 409],
  ] as const)("%s is %d", async (code, status) => {
    const response = await failing(new GatewayError(code, "because")).ask("POST", "/reconnect/one");
    expect([response.status, await response.json()]).toStrictEqual([
      status,
      { error: { code, message: "because", details: null } },
    ]);
  });

  test("an error that is not the gateway's is internal", async () => {
    const response = await failing(new TypeError("x is not a function")).ask("POST", "/reconnect/one");
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("function");
  });
});

test.each(["/reload", "/reconnect/one"])("POST %s is unavailable at the end, and does nothing", async (path) => {
  const nothing = mock(() => Promise.reject(new Error("it was called")));
  const program = programOf({ state: () => "stopping", reload: nothing, reconnect: nothing });
  const response = await manage(program).ask("POST", path);
  expect([response.status, await response.json()]).toMatchObject([503, { error: { code: "unavailable" } }]);
  expect(nothing).not.toHaveBeenCalled();
});

describe("POST /shutdown", () => {
  test.each([
    [undefined, 30],
    ["{}", 30],
    ['{"timeout_seconds":1}', 1],
    ['{"timeout_seconds":2.5}', 2.5],
    ['{"timeout_seconds":300}', 300],
  ])("%s gives calls %d s", async (body, seconds) => {
    const shutdown = mock();
    const response = await manage(programOf({ shutdown })).ask("POST", "/shutdown", body === undefined ? {} : { body });
    expect([response.status, await response.json()]).toStrictEqual([202, { shutting_down: true }]);
    expect(shutdown.mock.calls).toEqual([[seconds]]);
  });

  test.each(["0", "0.5", "-1", "301", '"30"', "null", "true", "[]"])("%s is no time", async (seconds) => {
    const shutdown = mock();
    const body = `{"timeout_seconds":${seconds}}`;
    const response = await manage(programOf({ shutdown })).ask("POST", "/shutdown", { body });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: { code: "bad_request", details: [{ in: "body", field: "timeout_seconds" }] } },
    ]);
    expect(shutdown).not.toHaveBeenCalled();
  });
});
