// What a backend has printed, as the API shows it.
import { describe, expect, test } from "bun:test";
import { createRedactor, MASK } from "../../../src/observe/redact.ts";
import { manage, programOf } from "../../fixtures/program.ts";

const timestamp = "2026-01-02T03:04:05.678Z";
const lines = Array.from({ length: 200 }, (_, index) => ({ timestamp, line: `${index}` }));
const printed = (name: string) => (name === "one" ? lines : undefined);

describe("GET /backends/{name}/stderr", () => {
  test.each([
    ["", 0],
    ["?limit=200", 0],
    ["?limit=3", 197],
    ["?limit=1", 199],
  ])("%s gives the newest, oldest first", async (query, first) => {
    const { get } = manage(programOf({ printed }));
    expect(await get(`/backends/one/stderr${query}`)).toStrictEqual({ name: "one", lines: lines.slice(first) });
  });

  test.each(["0", "201", "-1", "1.5", "ten", ""])("limit=%s is refused", async (limit) => {
    const response = await manage(programOf({ printed })).ask("GET", `/backends/one/stderr?limit=${limit}`);
    expect([response.status, await response.json()]).toMatchObject([400, { error: { details: [{ field: "limit" }] } }]);
  });

  test("an unknown backend is not found", async () => {
    const response = await manage(programOf({ printed })).ask("GET", "/backends/two/stderr");
    expect([response.status, await response.json()]).toMatchObject([
      404,
      { error: { code: "not_found", message: 'no backend "two"' } },
    ]);
  });

  test("takes secrets out before it cuts a line", async () => {
    const secret = "planted-secret-of-some-length";
    const long = { timestamp, line: `${"-".repeat(1_990)}${secret}${"-".repeat(100)}` };
    const { get } = manage(programOf({ printed: () => [long] }), { redactor: createRedactor([secret]) });
    expect(await get("/backends/one/stderr")).toStrictEqual({
      name: "one",
      lines: [{ timestamp, line: `${"-".repeat(1_990)}${MASK}`.slice(0, 2_000) }],
    });
  });
});
