// Whatever happens to clients, backends and the gateway, no process that a backend has started is left.
import { expect, test } from "bun:test";
import { script } from "../../fixtures/backends.ts";
import { type Connected, connect } from "../../fixtures/connect.ts";
import { startGateway } from "../../fixtures/gateway.ts";
import { marked, markedChildren, markVariable, survivors } from "../../fixtures/processes.ts";
import { until, within } from "../../fixtures/until.ts";

const cycles = 200;
/** Cycles at the same time: most of a cycle is patience with processes that ignore the end of their input. */
const lanes = 12;

/** The ways in which real backends hide their processes: each answers, and each leaves more than one process behind. */
const disguises = {
  shell: 'sh "$tiny" shell; true',
  npx: `exec node -e 'require("child_process").spawn("sh", [process.env.tiny, "npx"], { stdio: "inherit" })'`,
  forked: '(sleep 1000 &); exec sh "$tiny" forked',
  detached: '(setsid sleep 1000 &); exec sh "$tiny" detached',
};

const disguised = (mark: string) =>
  Object.fromEntries(Object.entries(disguises).map(([name, text]) => [name, script(text, { [markVariable]: mark })]));

/** Calls every backend; resolves when each call was answered, with a result or an error. */
const callAll = (client: Connected) =>
  within("every call is answered", Promise.allSettled(Object.keys(disguises).map((tool) => client.text(tool))));

async function cycle(number: number): Promise<void> {
  const mark = crypto.randomUUID();
  await using gateway = await startGateway({ version: "1", backends: disguised(mark) });
  await using first = await connect(gateway.url);
  expect((await callAll(first)).every(({ status }) => status === "fulfilled")).toBe(true);
  await first.close();
  await using second = await connect(gateway.url);
  const backends = markedChildren(mark, gateway.pid);
  const victim = backends[number % backends.length];
  if (victim !== undefined) process.kill(victim, "SIGKILL");
  await callAll(second);
  await second.close();
  expect(await gateway.stop()).toBe(0);
  // At once: what the gateway leaves behind, the next one to start would clear away.
  expect(survivors(mark)).toEqual([]);
}

test(`${cycles} cycles of start, call, reconnect, a killed backend and SIGTERM leave nothing`, async () => {
  let left = cycles;
  const lane = async () => {
    while (left > 0) await cycle(left--).catch(giveUp);
  };
  const giveUp = (error: Error) => {
    left = 0;
    throw error;
  };
  const outcomes = await Promise.allSettled(Array.from({ length: lanes }, lane));
  expect(outcomes.filter(({ status }) => status === "rejected")).toEqual([]);
}, 600_000);

test("what the test looks for is really there while the gateway runs", async () => {
  const mark = crypto.randomUUID();
  await using gateway = await startGateway({ version: "1", backends: disguised(mark) });
  expect(markedChildren(mark, gateway.pid).length).toBeGreaterThanOrEqual(4);
  expect(marked(mark).length).toBeGreaterThanOrEqual(8);
}, 20_000);

test("npx itself leaves nothing", async () => {
  const mark = crypto.randomUUID();
  const npx = script('exec npx --offline --call "sh $tiny npx"', { [markVariable]: mark });
  await using gateway = await startGateway({ version: "1", backends: { npx } });
  await using client = await connect(gateway.url);
  await client.text("npx");
  expect(await gateway.stop()).toBe(0);
  expect(survivors(mark)).toEqual([]);
}, 30_000);

test("a backend that ignores the end of its input and SIGTERM is killed", async () => {
  const mark = crypto.randomUUID();
  const text = `trap "" TERM; sh "$tiny" stubborn; while :; do sleep 1; done`;
  const stubborn = script(text, { [markVariable]: mark });
  await using gateway = await startGateway({ version: "1", backends: { stubborn } });
  await using client = await connect(gateway.url);
  await client.text("stubborn");
  expect(await gateway.stop()).toBe(0);
  expect(survivors(mark)).toEqual([]);
}, 60_000);

test("a backend that has stopped reading, with a call in the pipe that does not fit, is killed", async () => {
  const mark = crypto.randomUUID();
  const deaf = script('exec sh "$tiny" deaf', { [markVariable]: mark });
  await using gateway = await startGateway({ version: "1", backends: { deaf } });
  await using client = await connect(gateway.url);
  process.kill(Number(await client.text("deaf")), "SIGSTOP");
  const call = client.text("deaf", { text: "x".repeat(1_000_000) }).catch((error: Error) => error.message);
  await until("the call was written", async () => {
    const metrics = await (await gateway.manage("/metrics")).text();
    return /direction="sent"\} 1\d{6}/.test(metrics);
  });
  expect(await within("it ends", gateway.stop(), 40)).toBe(0);
  expect(await call).toContain("shut down");
  expect(survivors(mark)).toEqual([]);
}, 60_000);

test("a process for each session ends with its session", async () => {
  const mark = crypto.randomUUID();
  const backend = { ...script('sh "$tiny" mine; true', { [markVariable]: mark }), sharing: "session" };
  await using gateway = await startGateway({ version: "1", backends: { backend } });
  const before = marked(mark);
  for (let count = 0; count < 5; count++) {
    await using client = await connect(gateway.url, { transport: "sse" });
    await client.text("mine");
  }
  await until("only the catalog's processes are left", () => marked(mark).length === before.length);
}, 30_000);
