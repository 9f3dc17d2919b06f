// Streamable HTTP as the three revisions that have sessions define it: sessions, streams, batches, resumption.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Json } from "../fixtures/clients.ts";
import { unique } from "../fixtures/conversation.ts";
import { startFull } from "../fixtures/full/start.ts";
import { startGateway } from "../fixtures/gateway.ts";
import { events } from "../fixtures/raw-client.ts";
import { eventsUntil, initialize, messagesOf, openSession, post, request, versions } from "./http-session.ts";

setDefaultTimeout(30_000);

const opened = new AsyncDisposableStack();
let url: string;
beforeAll(async () => {
  const full = opened.use(await startFull("stdio"));
  url = `${opened.use(await startGateway({ version: "1", backends: { full: full.backend } })).url}/mcp`;
});
afterAll(() => opened.disposeAsync());

const ping = request(2, "ping");
const callTool = (id: number, name: string, params: Json = {}) => request(id, "tools/call", { name, ...params });

describe("initialize", () => {
  test.each(versions)("%s is agreed on", async (version) => {
    const response = await post(url, initialize(version));
    expect(response.status).toBe(200);
    expect(response.headers.get("mcp-session-id")).toMatch(/^[\x21-\x7e]{16,}$/);
    expect(await messagesOf(response)).toMatchObject([{ id: 1, result: { protocolVersion: version } }]);
  });

  test("an unknown version is answered with the latest of this era", async () => {
    const [answer] = await messagesOf(await post(url, initialize("1999-01-01")));
    expect(answer).toMatchObject({ result: { protocolVersion: "2025-11-25" } });
  });

  test("every session has an id of its own", async () => {
    const sessions = await Promise.all([1, 2, 3].map(() => openSession(url, "2025-11-25")));
    expect(new Set(sessions.map(({ id }) => id)).size).toBe(3);
  });
});

describe("the session id", () => {
  test("is required: 400 without", async () => {
    expect((await post(url, ping)).status).toBe(400);
    expect((await fetch(url, { headers: { accept: "text/event-stream" } })).status).toBe(400);
    expect((await fetch(url, { method: "DELETE" })).status).toBe(400);
  });

  test("is unknown: 404", async () => {
    const headers = { "mcp-session-id": crypto.randomUUID() };
    expect((await post(url, ping, { headers })).status).toBe(404);
    expect((await fetch(url, { headers: { accept: "text/event-stream", ...headers } })).status).toBe(404);
    expect((await fetch(url, { method: "DELETE", headers })).status).toBe(404);
  });

  test("is unknown by any other road than that on which it was opened: 404", async () => {
    const stream = events(await fetch(url.replace(/mcp$/, "sse")));
    const address = new URL(String((await stream.next()).value?.data), url);
    const sse = address.searchParams.get("sessionId") ?? "";
    const all = await openSession(url, "2025-11-25");
    const grouped = await openSession(`${url}/default`, "2025-11-25");
    for (const [road, id] of [
      [url, sse],
      [url, grouped.id],
      [`${url}/default`, all.id],
    ] as const) {
      const headers = { "mcp-session-id": id };
      expect((await post(road, ping, { headers })).status).toBe(404);
      expect((await fetch(road, { headers: { accept: "text/event-stream", ...headers } })).status).toBe(404);
      expect((await fetch(road, { method: "DELETE", headers })).status).toBe(404);
    }
    address.searchParams.set("sessionId", all.id);
    expect((await post(address.href, ping)).status).toBe(404);
    for (const session of [all, grouped]) expect((await session.post(ping)).status).toBe(200);
  });

  test.each(versions)("ends with DELETE, in %s", async (version) => {
    const session = await openSession(url, version);
    expect((await session.post(ping)).status).toBe(200);
    expect((await session.end()).ok).toBe(true);
    for (const answer of [session.post(ping), session.get(), session.end()]) expect((await answer).status).toBe(404);
  });
});

describe("a POST", () => {
  test("with an unknown protocol version is 400, without one it is fine", async () => {
    const session = await openSession(url, "2025-06-18");
    const post = (version: string) => session.post(ping, { headers: { "mcp-protocol-version": version } });
    expect((await post("1999-01-01")).status).toBe(400);
    expect((await post("2025-06-18")).status).toBe(200);
    const headers = { "mcp-session-id": session.id, "content-type": "application/json" };
    const accept = "application/json, text/event-stream";
    const body = JSON.stringify(ping);
    expect((await fetch(url, { method: "POST", headers: { ...headers, accept }, body })).status).toBe(200);
  });

  test("of a notification is 202 without a body", async () => {
    const session = await openSession(url, "2025-11-25");
    const response = await session.post({ jsonrpc: "2.0", method: "notifications/vendor/nothing" });
    expect([response.status, await response.text()]).toEqual([202, ""]);
  });

  test("that accepts neither JSON nor a stream is 406", async () => {
    const session = await openSession(url, "2025-11-25");
    expect((await session.post(ping, { headers: { accept: "text/html" } })).status).toBe(406);
  });

  test("of another type is 415", async () => {
    const session = await openSession(url, "2025-11-25");
    expect((await session.post(ping, { headers: { "content-type": "text/plain" } })).status).toBe(415);
  });

  test.each([
    ["{", -32700],
    ['{"jsonrpc":"2.0"}\n{"jsonrpc":"2.0"}', -32700],
    ["3", -32600],
    ['{"id":1,"method":"ping"}', -32600],
  ])("of %j is 400 with a JSON-RPC error", async (body, code) => {
    const session = await openSession(url, "2025-11-25");
    const response = await session.post(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ jsonrpc: "2.0", error: { code } });
  });

  test("with an error of the backend keeps the code on the wire", async () => {
    const session = await openSession(url, "2025-11-25");
    const read = request(3, "resources/read", { uri: "full://missing" });
    expect(await messagesOf(await session.post(read))).toMatchObject([{ id: 3, error: { code: -32002 } }]);
  });

  test("keeps the type of the id", async () => {
    const session = await openSession(url, "2025-11-25");
    for (const id of ["text", "3", 3, 0, -1, ""]) {
      expect(await messagesOf(await session.post({ ...callTool(0, "echo"), id }))).toMatchObject([{ id }]);
    }
  });

  test("two sessions may use one id at the same time", async () => {
    const sessions = await Promise.all([1, 2].map(() => openSession(url, "2025-11-25")));
    const answers = sessions.map(async (session, n) =>
      messagesOf(await session.post(callTool(7, "echo", { arguments: { n } }))),
    );
    const texts = [0, 1].map((n) => [{ id: 7, result: { content: [{ text: `{"n":${n}}` }] } }]);
    expect(await Promise.all(answers)).toMatchObject(texts);
  });
});

describe("a batch", () => {
  const batch = [callTool(5, "echo"), { jsonrpc: "2.0", method: "notifications/vendor/nothing" }, request(6, "ping")];

  test("is answered in 2025-03-26", async () => {
    const session = await openSession(url, "2025-03-26");
    const answers = await messagesOf(await session.post(batch));
    expect(answers.map(({ id }) => id).toSorted()).toEqual([5, 6]);
    expect((await session.post(batch.slice(1, 2))).status).toBe(202);
  });

  test.each(["2025-06-18", "2025-11-25"] as const)("is refused in %s", async (version) => {
    const session = await openSession(url, version);
    expect((await session.post(batch)).status).toBe(400);
  });
});

describe("the GET stream", () => {
  test("carries what belongs to no request, and nothing else", async () => {
    const session = await openSession(url, "2025-11-25");
    const uri = "full://static/1";
    const stream = await session.get();
    expect(stream.headers.get("content-type")).toContain("text/event-stream");
    await messagesOf(await session.post(request(3, "resources/subscribe", { uri })));
    const progressing = callTool(4, "progress", { _meta: { progressToken: "p" } });
    expect(await messagesOf(await session.post(progressing))).toHaveLength(4);
    await messagesOf(await session.post(callTool(5, "touch", { arguments: { uri } })));
    const seen = await eventsUntil(stream, ({ method }) => method === "notifications/resources/updated");
    expect(seen.filter(({ data }) => data)).toHaveLength(1);
  });

  test("must be accepted as a stream", async () => {
    const session = await openSession(url, "2025-11-25");
    expect((await session.get({ headers: { accept: "application/json" } })).status).toBe(406);
  });

  test("is resumed where it broke off", async () => {
    const session = await openSession(url, "2025-11-25");
    const uris = ["full://static/1", "full://static/2", "full://static/3"];
    const touch = async (uri = "") => messagesOf(await session.post(callTool(4, "touch", { arguments: { uri } })));
    const updated =
      (uri = "") =>
      (message: Json) =>
        (message.params as Json).uri === uri;
    for (const uri of uris) await messagesOf(await session.post(request(3, "resources/subscribe", { uri })));
    const broken = new AbortController();
    const stream = await session.get({ signal: broken.signal });
    await touch(uris[0]);
    const last = (await eventsUntil(stream, updated(uris[0]))).at(-1);
    broken.abort();
    for (const uri of uris.slice(1)) await touch(uri);
    const resumed = await session.get({ headers: { "last-event-id": last?.id ?? "" } });
    const replayed = (await eventsUntil(resumed, updated(uris[2]))).filter(({ data }) => data);
    expect(replayed.map(({ data }) => JSON.parse(data).params.uri)).toEqual(uris.slice(1));
  });
});

describe("the stream of a POST", () => {
  const isProgress = ({ method }: Json) => method === "notifications/progress";
  const open = (label: string) => callTool(9, "gate", { arguments: { label }, _meta: { progressToken: "t" } });
  const go = (label: string) => ({ jsonrpc: "2.0", method: "notifications/vendor/go", params: { label } });

  test.each(versions)("lives on when the client loses it, and is resumed, in %s", async (version) => {
    const session = await openSession(url, version);
    const [label, broken] = [unique(), new AbortController()];
    const stream = await session.post(open(label), { signal: broken.signal });
    const last = (await eventsUntil(stream, isProgress)).at(-1);
    broken.abort();
    await session.post(go(label));
    const resumed = await session.get({ headers: { "last-event-id": last?.id ?? "" } });
    const replayed = (await eventsUntil(resumed, ({ id }) => id === 9)).filter(({ data }) => data);
    expect(replayed.map(({ data }) => JSON.parse(data))).toMatchObject([
      { params: { progressToken: "t", progress: 2 } },
      { id: 9, result: { content: [{ text: "through the gate" }] } },
    ]);
  });

  test("begins with an event to resume from in 2025-11-25", async () => {
    const session = await openSession(url, "2025-11-25");
    const [label, broken] = [unique(), new AbortController()];
    const stream = await session.post(open(label), { signal: broken.signal });
    const [priming] = await eventsUntil(stream, isProgress);
    expect(priming?.data).toBe("");
    expect(priming?.id).not.toBeEmpty();
    broken.abort();
    await session.post(go(label));
    const resumed = await session.get({ headers: { "last-event-id": priming?.id ?? "" } });
    const replayed = (await eventsUntil(resumed, ({ id }) => id === 9)).filter(({ data }) => data);
    expect(replayed.map(({ data }) => JSON.parse(data).params?.progress)).toEqual([1, 2, undefined]);
  });

  test.each(["2025-03-26", "2025-06-18"] as const)(
    "has no events without data in %s, which cannot read them",
    async (version) => {
      const session = await openSession(url, version);
      const stream = await session.post(callTool(9, "progress", { _meta: { progressToken: "t" } }));
      for await (const { data } of events(stream)) expect(data).not.toBe("");
    },
  );

  test("is not mixed with another when it is resumed", async () => {
    const session = await openSession(url, "2025-11-25");
    const lost = [unique(), unique()].map((label, index) => ({ label, id: 20 + index, broken: new AbortController() }));
    const lastIds: string[] = [];
    for (const { label, id, broken } of lost) {
      const stream = await session.post({ ...open(label), id }, { signal: broken.signal });
      lastIds.push((await eventsUntil(stream, isProgress)).at(-1)?.id ?? "");
      broken.abort();
      await session.post(go(label));
    }
    expect(new Set(lastIds).size).toBe(2);
    for (const [index, { id }] of lost.entries()) {
      const resumed = await session.get({ headers: { "last-event-id": lastIds[index] ?? "" } });
      const ids = (await eventsUntil(resumed, (message) => message.id === id)).map(
        ({ data }) => data && JSON.parse(data).id,
      );
      expect(ids.filter((each) => typeof each === "number")).toEqual([id]);
    }
  });
});
