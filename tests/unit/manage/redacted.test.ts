// What the management API shows of a program has no secrets, and is the same otherwise.
import { expect, test } from "bun:test";
import { GatewayError } from "../../../src/errors.ts";
import { redacted } from "../../../src/manage/redacted.ts";
import { createRedactor, MASK } from "../../../src/observe/redact.ts";
import { backendOf, programOf } from "../../fixtures/program.ts";

const secret = "planted-secret";
const redactor = createRedactor([secret]);

test("backends, capabilities and reports are redacted", async () => {
  const backend = backendOf({ error: `refused ${secret}`, serverInfo: { name: secret, version: "1" } });
  const body = { name: "add", inputSchema: { properties: { token: { type: "string" } } }, description: secret };
  const item = { text: JSON.stringify(body), body };
  const tool = { backend: "one", exposed: secret, original: "add", item, description: secret, filtered: false };
  const none = { resources: [], resourceTemplates: [], prompts: [] };
  const report = { added: [], removed: [], changed: [], restartRequired: [], errors: [`bad ${secret}`] };
  const shown = redacted(
    programOf({
      backends: () => [backend],
      inventory: () => ({ tools: [tool], ...none }),
      reload: () => Promise.resolve(report),
    }),
    redactor,
  );
  const serverInfo = { name: MASK, version: "1" };
  expect(shown.backends()).toEqual([{ ...backend, error: `refused ${MASK}`, serverInfo }]);
  const hidden = { ...tool, exposed: MASK, description: MASK, item: { ...item, body: { ...body, description: MASK } } };
  expect(shown.inventory()).toEqual({ tools: [hidden], ...none });
  expect(await shown.reload()).toEqual({ ...report, errors: [`bad ${MASK}`] });
  expect(shown.version).toBe("1.2.3");
});

test("so is what tools say of themselves by now", () => {
  const change = { backend: "one", tool: "add", change: "new" as const, hidden: true, hash: undefined };
  const lock = {
    mode: "block" as const,
    file: "argus.lock",
    changes: [{ ...change, difference: [`a: + "${secret}"`] }],
  };
  const shown = redacted(programOf({ lock: () => lock }), redactor);
  expect(shown.lock()).toEqual({ ...lock, changes: [{ ...change, difference: [`a: + "${MASK}"`] }] });
});

test("errors keep their code and lose their secrets", async () => {
  const reconnect = () => Promise.reject(new GatewayError("unavailable", `cannot reach ${secret}`));
  const answer = redacted(programOf({ reconnect }), redactor).reconnect("one");
  await expect(answer).rejects.toMatchObject({ code: "unavailable", message: `cannot reach ${MASK}` });
});
