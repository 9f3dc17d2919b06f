// What legacy backends ask in the middle of a call, as input to the calls of modern clients (2026-07-28, Multi Round-Trip Requests).
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { form, question } from "../fixtures/full/ask-tools.ts";
import { kinds, startFull } from "../fixtures/full/start.ts";
import { root, startGateway } from "../fixtures/gateway.ts";
import { managementOf } from "../fixtures/management.ts";
import { type Answer, type ModernClient, modernClient, textOf } from "../fixtures/modern-client.ts";
import { until } from "../fixtures/until.ts";

setDefaultTimeout(30_000);

type Json = Record<string, unknown>;

const capabilities = { sampling: {}, elicitation: { form: {}, url: {} }, roots: {} };

/** What a call is asked: the requests by key. */
const asked = ({ body }: Answer) => Object.entries((body.result?.inputRequests ?? {}) as Record<string, Json>);
const stateOf = ({ body }: Answer) => body.result?.requestState as string;

/** The same call again, with this answer to all that was asked. */
function retry(answer: Answer, response: Json): { retry: Json } {
  const inputResponses = Object.fromEntries(asked(answer).map(([key]) => [key, response]));
  return { retry: { inputResponses, requestState: stateOf(answer) } };
}

describe.each(kinds)("in front of a backend over %s", (kind) => {
  const opened = new AsyncDisposableStack();
  let url: string;
  let client: ModernClient;
  beforeAll(async () => {
    const full = opened.use(await startFull(kind));
    const backends = { full: { ...full.backend, sharing: "session" } };
    url = `${opened.use(await startGateway({ version: "1", backends })).url}/mcp`;
    client = modernClient(url, { capabilities });
  });
  afterAll(() => opened.disposeAsync());

  const asks = [
    [
      "sample",
      "sampling/createMessage",
      question,
      { role: "assistant", content: { type: "text", text: "red" }, model: "m" },
    ],
    ["elicit", "elicitation/create", { mode: "form", ...form }, { action: "accept", content: { name: "Ann" } }],
    ["roots", "roots/list", undefined, { roots: [{ uri: "file:///home" }], "vendor/kept": [1] }],
  ] as const;
  test.each(asks)("%s", async (tool, method, params, response) => {
    const first = await client.call(tool, {}, { id: "first" });
    expect(first.body).toMatchObject({ id: "first", result: { resultType: "input_required" } });
    const [[, request] = ["", {}], ...more] = asked(first);
    expect(more).toEqual([]);
    expect(request).toMatchObject({ method, ...(params && { params }) });
    const second = await client.call(tool, {}, { id: "second", ...retry(first, response) });
    expect(second.body).toMatchObject({ id: "second", result: { resultType: "complete" } });
    expect(JSON.parse(textOf(second))).toMatchObject(response);
  });

  test("a page is opened without an id of the legacy era", async () => {
    const args = { id: crypto.randomUUID() };
    const first = await client.call("elicit-url", args);
    const [[, request] = ["", {}]] = asked(first);
    const pageUrl = `https://example.com/sign-in?id=${args.id}`;
    expect(request).toEqual({
      method: "elicitation/create",
      params: { mode: "url", url: pageUrl, message: "Please sign in." },
    });
    const second = await client.call("elicit-url", args, retry(first, { action: "accept" }));
    expect(JSON.parse(textOf(second))).toMatchObject({ action: "accept" });
  });

  test("pages that must be opened first are input, after which the call is made again", async () => {
    const args = { id: crypto.randomUUID() };
    const first = await client.call("url-required", args);
    const pageUrl = `https://example.com/sign-in?id=${args.id}`;
    expect(asked(first)).toEqual([
      [args.id, { method: "elicitation/create", params: { mode: "url", url: pageUrl, message: "Please sign in." } }],
    ]);
    const second = await client.call("url-required", args, retry(first, { action: "accept" }));
    expect(asked(second)).toHaveLength(1);
    expect(stateOf(second)).not.toBe(stateOf(first));
  });

  test("what the client is not capable of fails the call, and says what it lacks", async () => {
    const lacking = modernClient(url, { capabilities: { elicitation: { form: {} } } });
    const missing = [
      ["sample", { sampling: {} }],
      ["roots", { roots: {} }],
      ["elicit-url", { elicitation: { url: {} } }],
      ["url-required", { elicitation: { url: {} } }],
    ] as const;
    for (const [tool, requiredCapabilities] of missing) {
      const { status, body } = await lacking.call(tool, { id: "page" });
      if (body.result) expect(body.result).toMatchObject({ isError: true });
      else expect([status, body.error]).toMatchObject([400, { code: -32021, data: { requiredCapabilities } }]);
    }
  });

  test("a backend that copes without an answer is not kept from it", async () => {
    const lacking = modernClient(url);
    const { body } = await lacking.call("ask", { method: "sampling/createMessage", params: question });
    expect(body.result).toMatchObject({ resultType: "complete" });
  });

  test("a backend that asks what is no input learns so, and the call goes on", async () => {
    const { body } = await client.call("ask", { method: "vendor/unknown", params: {} });
    expect(body.result).toMatchObject({ resultType: "complete" });
    expect(JSON.stringify(body.result)).toContain("Method not found: vendor/unknown");
  });

  test("what was not answered, or not by an object, is asked again", async () => {
    let answer = await client.call("elicit");
    const [[key] = [""]] = asked(answer);
    for (const inputResponses of [undefined, {}, { another: { action: "accept" } }, { [key]: 12345 }]) {
      const before = stateOf(answer);
      answer = await client.call("elicit", {}, { retry: { inputResponses, requestState: before } });
      expect(asked(answer).map(([again]) => again)).toEqual([key]);
      expect(stateOf(answer)).not.toBe(before);
    }
    const last = await client.call("elicit", {}, retry(answer, { action: "decline" }));
    expect(JSON.parse(textOf(last))).toMatchObject({ action: "decline" });
  });

  test("progress goes on under the token of the request that waits", async () => {
    const tool = "elicit-with-progress";
    const first = await client.call(tool, {}, { meta: { progressToken: "first" } });
    const second = await client.call(tool, {}, { meta: { progressToken: 2 }, ...retry(first, { action: "cancel" }) });
    const steps = [first, second].map(({ before }) => before.map(({ params }) => params));
    expect(steps).toEqual([[{ progressToken: "first", progress: 1 }], [{ progressToken: 2, progress: 2 }]]);
    expect(second.body.result).toMatchObject({ resultType: "complete" });
  });

  test("answers that are no object are refused, and nothing is lost", async () => {
    const first = await client.call("elicit");
    const malformed = await client.call(
      "elicit",
      {},
      { retry: { inputResponses: null, requestState: stateOf(first) } },
    );
    expect(malformed.body.error?.code).toBe(-32602);
    const second = await client.call("elicit", {}, retry(first, { action: "cancel" }));
    expect(JSON.parse(textOf(second))).toMatchObject({ action: "cancel" });
  });
});

describe("a state", () => {
  const opened = new AsyncDisposableStack();
  let client: ModernClient;
  beforeAll(async () => {
    const full = opened.use(await startFull("stdio"));
    const gateway = opened.use(await startGateway({ version: "1", backends: { full: full.backend } }));
    client = modernClient(`${gateway.url}/mcp`, { capabilities });
  });
  afterAll(() => opened.disposeAsync());

  const accept = { action: "accept", content: { name: "Ann" } };
  const refused = { code: -32602, message: expect.stringContaining("requestState") };

  test("is good once", async () => {
    const first = await client.call("elicit");
    expect((await client.call("elicit", {}, retry(first, accept))).body.result).toMatchObject({
      resultType: "complete",
    });
    expect((await client.call("elicit", {}, retry(first, accept))).body.error).toMatchObject(refused);
  });

  test("that was changed, is of another process, or is none, is refused", async () => {
    const first = await client.call("elicit");
    const state = stateOf(first);
    const [id = "", code = ""] = state.split(".");
    const flipped = `${code.startsWith("A") ? "B" : "A"}${code.slice(1)}`;
    for (const requestState of [`${state}-TAMPERED`, `${id}.${flipped}`, `x${state}`, `${id}.`, id, "", 1, null, {}]) {
      const { body } = await client.call("elicit", {}, { retry: { requestState } });
      expect(body.error).toMatchObject(refused);
    }
    expect((await client.call("elicit", {}, retry(first, accept))).body.result).toMatchObject({
      resultType: "complete",
    });
  });

  test("is good for the same call alone", async () => {
    const first = await client.call("elicit", { same: 1 });
    for (const [tool, args] of [
      ["elicit", { same: 2 }],
      ["elicit", {}],
      ["roots", { same: 1 }],
    ] as const) {
      expect((await client.call(tool, args, retry(first, accept))).body.error).toMatchObject(refused);
    }
    const second = await client.call("elicit", { same: 1 }, retry(first, accept));
    expect(second.body.result).toMatchObject({ resultType: "complete" });
  });
});

test("several questions are asked at once, and each answer reaches its own; one after the other takes several rounds", async () => {
  const fixture = join(root, "tests", "fixtures", "conformance.ts");
  const backend = { type: "stdio", command: process.execPath, args: [fixture, "--stdio"] };
  await using gateway = await startGateway({ version: "1", backends: { backend } });
  const client = modernClient(`${gateway.url}/mcp`, { capabilities });
  const first = await client.call("test_input_required_result_multiple_inputs");
  expect(Object.fromEntries(asked(first).map(([key, { method }]) => [key, method]))).toEqual({
    user_name: "elicitation/create",
    greeting: "sampling/createMessage",
    client_roots: "roots/list",
  });
  const answers = { user_name: { action: "decline" }, greeting: { model: "m" } };
  const some = { retry: { inputResponses: answers, requestState: stateOf(first) } };
  const second = await client.call("test_input_required_result_multiple_inputs", {}, some);
  expect(asked(second).map(([key]) => key)).toEqual(["client_roots"]);
  const last = await client.call("test_input_required_result_multiple_inputs", {}, retry(second, { roots: [] }));
  expect(textOf(last)).toContain(JSON.stringify([{ action: "decline" }, { model: "m" }, { roots: [] }]));

  const rounds = "test_input_required_result_multi_round";
  const one = await client.call(rounds);
  const two = await client.call(rounds, {}, retry(one, { action: "accept", content: { name: "Ann" } }));
  expect(asked(two).map(([key]) => key)).toEqual(["step2"]);
  const end = await client.call(rounds, {}, retry(two, { action: "accept", content: { color: "red" } }));
  expect(textOf(end)).toContain('{"color":"red"}');
});

describe("of several calls on a shared connection", () => {
  /** A gateway, a client of it, and a call of that client that is under way. */
  async function start(more: Json, token?: string) {
    const opened = new AsyncDisposableStack();
    const full = opened.use(await startFull("stdio"));
    const gateway = opened.use(await startGateway({ version: "1", backends: { full: full.backend }, ...more }));
    const client = modernClient(`${gateway.url}/mcp`, { capabilities, ...(token !== undefined && { token }) });
    const hanging = client.call("hang", { label: crypto.randomUUID() });
    const busy = await until("the call is under way", async () => {
      const { data } = await managementOf(gateway.url).sessions.get();
      return data?.sessions.find(({ idle_seconds: idle }) => idle === 0);
    });
    return {
      ...{ gateway, client },
      async end() {
        await gateway.manage(`/sessions/${busy.id}`, { method: "DELETE" });
        await hanging;
      },
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
    };
  }

  test("one of the same user and program is asked, whichever of them it is that asks", async () => {
    const token = "a-shared-t0ken";
    await using world = await start({ incoming_auth: { type: "local", token } }, token);
    const { client, gateway } = world;
    const asked = await client.call("elicit");
    const answered = await client.call("elicit", {}, retry(asked, { action: "decline" }));
    expect(JSON.parse(textOf(answered))).toMatchObject({ action: "decline" });
    const clientInfo = { name: "other", version: "1" };
    const other = modernClient(`${gateway.url}/mcp`, { capabilities, token, clientInfo });
    expect((await other.call("elicit")).body.error?.message).toContain("sharing: session");
    await world.end();
  });

  test("none is asked where clients show nothing, for each could be of another program, unless the others wait for an answer", async () => {
    await using world = await start({});
    const { client } = world;
    expect((await client.call("elicit")).body.error?.message).toContain("sharing: session");
    await world.end();
    const waiting = [await client.call("elicit"), await client.call("elicit")];
    for (const asked of waiting) {
      const answered = await client.call("elicit", {}, retry(asked, { action: "decline" }));
      expect(JSON.parse(textOf(answered))).toMatchObject({ action: "decline" });
    }
  });
});

describe("calls that nobody goes on with", () => {
  const limits = { session_idle: 4 };

  test("a thousand are cancelled at the backend after their time, and their states are worth nothing", async () => {
    await using full = await startFull("streamable-http");
    const backends = { full: { ...full.backend, sharing: "shared" } };
    await using gateway = await startGateway({ version: "1", server: { limits }, backends });
    const client = modernClient(`${gateway.url}/mcp`, { capabilities });
    const calls = Array.from({ length: 1_000 }, () => client.call("elicit-noting"));
    const states = (await Promise.all(calls)).map((answer) => retry(answer, { action: "accept", content: {} }));
    expect(new Set(states.map((state) => state.retry.requestState)).size).toBe(1_000);
    // Each waits until one was cancelled.
    await Promise.all(states.map(() => client.call("cancelled", { label: "asked" })));
    const [late] = states;
    const { error } = (await client.call("elicit-noting", {}, late)).body;
    expect(error).toMatchObject({ code: -32602, message: expect.stringContaining("expired") });
    const sessions = async () => (await managementOf(gateway.url).sessions.get()).data?.sessions ?? [];
    await until("nothing is under way", async () => (await sessions()).every(({ idle_seconds: idle }) => idle > 0));
  });

  test("make room for others, and are said to have done so", async () => {
    await using full = await startFull("stdio");
    const server = { limits: { sessions: 1 } };
    const backends = { full: { ...full.backend, sharing: "session" } };
    await using gateway = await startGateway({ version: "1", server, backends });
    const client = modernClient(`${gateway.url}/mcp`, { capabilities });
    for (const tool of ["elicit", "url-required"]) {
      const waiting = await client.call(tool);
      expect(waiting.body.result?.resultType).toBe("input_required");
      expect((await client.call("echo", { text: "meanwhile" })).body.error).toBeUndefined();
      const { error } = (await client.call(tool, {}, retry(waiting, { action: "cancel" }))).body;
      expect(error).toMatchObject({ message: "made room for another call (server.limits.sessions)" });
    }
  });

  test("the oldest goes when there are too many", async () => {
    await using full = await startFull("stdio");
    const server = { limits: { sessions: 2 } };
    await using gateway = await startGateway({ version: "1", server, backends: { full: full.backend } });
    const client = modernClient(`${gateway.url}/mcp`, { capabilities });
    const waiting: Answer[] = [];
    for (const _ of [1, 2, 3]) waiting.push(await client.call("elicit"));
    const again = await Promise.all(
      waiting.map((answer) => client.call("elicit", {}, retry(answer, { action: "cancel" }))),
    );
    expect(again.map(({ body }) => body.error?.code)).toEqual([-32602, undefined, undefined]);
  });

  test("are given up when the gateway ends", async () => {
    await using full = await startFull("stdio");
    await using gateway = await startGateway({ version: "1", backends: { full: full.backend } });
    await modernClient(`${gateway.url}/mcp`, { capabilities }).call("elicit");
    expect(await gateway.stop()).toBe(0);
  });
});
