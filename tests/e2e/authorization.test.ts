// Policies for everybody: what they deny is neither listed nor callable, a reload changes them, and they can be explained.
import { expect, test } from "bun:test";
import { tiny } from "../fixtures/backends.ts";
import { folder, run } from "../fixtures/command.ts";
import { connect } from "../fixtures/connect.ts";
import { startFull } from "../fixtures/full/start.ts";
import { startGateway } from "../fixtures/gateway.ts";
import { until } from "../fixtures/until.ts";

const config = (...denied: string[]) => ({
  version: "1",
  backends: { one: tiny("open"), two: { ...tiny("closed"), group: "inner" } },
  authorization: { enabled: true, default_effect: "allow", policies: [{ effect: "deny", resources: denied }] },
});

test.each(["tool:clo*", "server:two", "group:inner"])("what %s names looks absent", async (denied) => {
  await using gateway = await startGateway(config(denied));
  await using client = await connect(gateway.url);
  expect(await client.toolNames()).toEqual(["open"]);
  const answer = (name: string) => client.text(name).catch(({ message }: Error) => message.replaceAll(name, "…"));
  expect(await answer("closed")).toBe(await answer("absent"));
  expect(await client.text("open")).toMatch(/^\d+$/);
});

test("what was denied is shown with what decided", async () => {
  await using gateway = await startGateway(config("tool:closed"));
  await using client = await connect(gateway.url);
  await client.text("closed").catch(() => undefined);
  await client.text("absent").catch(() => undefined);
  expect(await (await gateway.manage("/security")).json()).toMatchObject({
    authorization: {
      enabled: true,
      default_effect: "allow",
      policies: [{ effect: "deny", resources: ["tool:closed"] }],
    },
    denials: [{ method: "tools/call", name: "closed", backend: "two", by: "authorization.policies.0", user: null }],
  });
});

test("how clients show who they are is told without what they show", async () => {
  const auth = { type: "jwt", issuer: "https://issuer.example", audience: "argus", secret: "planted-".repeat(5) };
  await using gateway = await startGateway({ ...config("tool:closed"), incoming_auth: auth });
  const text = await (await gateway.manage("/security")).text();
  expect(JSON.parse(text)).toMatchObject({
    incoming_auth: { type: "jwt", issuer: "https://issuer.example", audience: ["argus"] },
    denials: [],
  });
  expect(text).not.toContain("planted");
});

test("a reload with other policies is told to those whose lists change", async () => {
  await using gateway = await startGateway(config("tool:closed"));
  await using client = await connect(gateway.url, { transport: "sse" });
  gateway.edit(config("tool:open"));
  await until("the other tool is listed", async () => Bun.deepEquals(await client.toolNames(), ["closed"]));
});

test("--check --explain says what a role may see, and what decides", async () => {
  using place = folder({ "config.yaml": config("tool:closed") });
  const { code, stdout } = await run(["server", "--check", "--explain", "anybody"], place);
  expect(code).toBe(0);
  expect(stdout).toMatch(/allow.*open.*authorization\.default_effect/);
  expect(stdout).toMatch(/deny.*closed.*authorization\.policies\.0/);
});

test.each(["streamable-http", "sse"] as const)(
  "--check --explain ends well with a remote backend (%s)",
  async (type) => {
    await using remote = await startFull(type);
    using place = folder({ "config.yaml": { version: "1", backends: { remote: { type, url: remote.backend.url } } } });
    const { code, stderr } = await run(["server", "--check", "--explain", "anybody"], place);
    expect([code, stderr]).toEqual([0, ""]);
  },
);
