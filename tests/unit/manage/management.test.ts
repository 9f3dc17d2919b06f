// The way of a request: guard, switch, token, path, method, body, and what becomes of errors.
import { describe, expect, mock, test } from "bun:test";
import { backendOf, brokenProgram, manage, programOf } from "../../fixtures/program.ts";

const error = (code: string, message: string | RegExp = /./) => ({
  error: { code, message: expect.stringMatching(message), details: null },
});

const open = ["/health", "/ready"];
const documents = ["/openapi.json", "/docs", "/docs/start.js", "/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css"];
const protectedPaths = [
  "/status",
  "/snapshot",
  "/security",
  "/backends",
  "/backends/one",
  "/backends/one/stderr",
  "/groups",
  "/capabilities",
  "/sessions",
  "/events",
];

describe("the token", () => {
  const token = () => "secret";
  const bearer = { headers: { authorization: "bearer secret" } };

  test.each([...open, ...documents])("%s needs none, whoever asks", async (path) => {
    const { ask } = manage(programOf(), { token });
    expect((await ask("GET", path, { peer: "192.0.2.1" })).status).toBe(200);
    expect((await ask("HEAD", path, { peer: "192.0.2.1" })).status).toBe(200);
  });

  test.each([
    ...protectedPaths,
    ...["/events/stream", "/metrics", "/nowhere", "/docs/", "/docs/nothing", "/health/", "/HEALTH", ""],
    ...["/health/x", "/%68ealth", "//health", "/status?token=secret", "/events/stream?token=secret"],
  ])("%s needs it", async (path) => {
    const authFailed = mock();
    const response = await manage(programOf(), { token, authFailed }).ask("GET", path);
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
    expect(await response.json()).toStrictEqual(error("unauthorized", /bearer token/));
    expect(authFailed).toHaveBeenCalledTimes(1);
    expect(authFailed).toHaveBeenCalledWith("a bearer token is required", "127.0.0.1");
  });

  test.each(["POST", "DELETE", "OPTIONS"])("%s of what may be read by all needs it", async (method) => {
    for (const path of [...open, ...documents]) {
      expect((await manage(programOf(), { token }).ask(method, path)).status).toBe(401);
    }
  });

  test("whoever has it may pass from anywhere, as long as it is in force", async () => {
    let inForce = "secret";
    const { ask } = manage(programOf(), { token: () => inForce });
    expect((await ask("GET", "/status", { ...bearer, peer: "192.0.2.1" })).status).toBe(200);
    inForce = "another";
    expect((await ask("GET", "/status", bearer)).status).toBe(401);
  });

  test("a body is not read for whoever has none", async () => {
    const body = new ReadableStream({ pull: () => Promise.reject(new Error("it was read")) });
    expect((await manage(programOf(), { token }).ask("POST", "/reload", { body })).status).toBe(401);
  });
});

describe("the guard", () => {
  const guard = (request: Request) => (request.headers.has("origin") ? "that Origin is not allowed" : undefined);
  const foreign = { headers: { origin: "http://evil.example" } };

  test.each([...documents, ...protectedPaths])("%s is forbidden with its reason", async (path) => {
    const response = await manage(programOf(), { guard }).ask("GET", path, foreign);
    expect(response.status).toBe(403);
    expect(await response.json()).toStrictEqual(error("forbidden", "that Origin is not allowed"));
  });

  test.each(open)("%s is for all", async (path) => {
    expect((await manage(programOf(), { guard }).ask("GET", path, foreign)).status).toBe(200);
  });
});

describe("turned off", () => {
  const off = { enabled: () => false };

  test.each([...documents, ...protectedPaths])("%s is not there", async (path) => {
    const response = await manage(programOf(), off).ask("GET", path);
    expect(response.status).toBe(404);
    expect(await response.json()).toStrictEqual(error("not_found", "server.management.enabled"));
  });

  test.each(open)("%s is", async (path) => {
    expect((await manage(programOf(), off).ask("GET", path)).status).toBe(200);
  });
});

describe("paths and methods", () => {
  test.each([
    "",
    "/",
    "/nowhere",
    "/status/",
    "/backends/a/b",
    "/sessions/",
    "/openapi-json",
    "/docs/swagger-ui.css.map",
  ])("%p is not found", async (path) => {
    const response = await manage(programOf()).ask("GET", path);
    expect(response.status).toBe(404);
    expect(await response.json()).toStrictEqual(error("not_found", "no such path"));
  });

  test("is found whatever the Host is", async () => {
    using server = manage(programOf()).serve();
    for (const host of ["x", "a.b", "a-long-name.example:1234"]) {
      const response = await fetch(`${server.url.origin}/manage/v1/health`, { headers: { host } });
      expect([host, response.status]).toEqual([host, 200]);
    }
  });

  test("a name that cannot be decoded is not found", async () => {
    expect((await manage(programOf()).ask("GET", "/backends/%E0%A4%A")).status).toBe(404);
  });

  test.each([
    ...[...open, ...documents, ...protectedPaths, "/metrics"].map((path) => ["POST", path, "GET, HEAD"]),
    ...["/reload", "/reconnect/one", "/shutdown"].map((path) => ["GET", path, "POST"]),
    ...[
      ["GET", "/sessions/one", "DELETE"],
      ["OPTIONS", "/status", "GET, HEAD"],
    ],
  ])("%s %s is told what is allowed", async (method = "", path = "", allow = "") => {
    const response = await manage(programOf()).ask(method, path);
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe(allow);
    expect(await response.json()).toStrictEqual(error("method_not_allowed", allow));
  });

  test("HEAD has the head of GET and no body", async () => {
    using server = manage(programOf({ backends: () => [backendOf()], printed: () => [] })).serve();
    for (const path of [...open, ...documents, ...protectedPaths, "/metrics"]) {
      const url = `${server.url.origin}/manage/v1${path}`;
      const [head, get] = [await fetch(url, { method: "HEAD" }), await fetch(url)];
      // Times differ, and with them the length.
      const { date: _, "content-length": length, ...headers } = Object.fromEntries(get.headers);
      expect([path, head.status, Object.fromEntries(head.headers)]).toMatchObject([path, 200, headers]);
      expect([await head.text(), Number(head.headers.get("content-length")) > 0]).toEqual(["", Number(length) > 0]);
    }
  });
});

describe("bodies", () => {
  const posts = ["/reload", "/reconnect/one", "/shutdown"];

  test.each(posts)(
    "%s takes none, an empty one, and an empty object, whatever their type is said to be",
    async (path) => {
      const { ask } = manage(programOf());
      for (const body of [undefined, "", " \n", "{}"]) {
        for (const type of ["application/json", "text/plain", "application/x-www-form-urlencoded"]) {
          const { status } = await ask("POST", path, { headers: { "content-type": type }, ...(body && { body }) });
          expect([body, type, status]).toEqual([body, type, path === "/shutdown" ? 202 : 200]);
        }
      }
    },
  );

  test.each(posts)("%s refuses what is not JSON", async (path) => {
    const response = await manage(programOf()).ask("POST", path, { body: "{" });
    expect(response.status).toBe(400);
    expect(await response.json()).toStrictEqual(error("bad_request", "not JSON"));
  });

  test.each(posts)("%s refuses what is no object, or has another key, and says where", async (path) => {
    const { ask } = manage(programOf());
    for (const [body, field] of [
      ...["null", "[]", "1", '"text"', "true"].map((text) => [text, ""]),
      ...[
        ['{"other":1}', "other"],
        ['{"__proto__":{}}', "__proto__"],
      ],
    ]) {
      const response = await ask("POST", path, { body: body ?? "" });
      expect([body, response.status]).toEqual([body, 400]);
      expect(await response.json()).toMatchObject({ error: { code: "bad_request", details: [{ in: "body", field }] } });
    }
  });

  test.each(posts)("%s takes no more than 64 KiB, with the length told before or not", async (path) => {
    const { ask } = manage(programOf());
    const fitting = `{}${" ".repeat(64 * 1024 - 2)}`;
    expect((await ask("POST", path, { body: fitting })).ok).toBe(true);
    expect((await ask("POST", path, { body: stream(fitting) })).ok).toBe(true);
    for (const body of [`${fitting} `, stream(`${fitting} `)]) {
      const response = await ask("POST", path, { body });
      expect(response.status).toBe(413);
      expect(await response.json()).toStrictEqual(error("payload_too_large", "65536 bytes"));
    }
    const lying = await ask("POST", path, { body: stream("{}"), headers: { "content-length": "65537" } });
    expect(lying.status).toBe(413);
  });

  test("one without end is left as soon as it is too large", async () => {
    const left = mock();
    let chunks = 0;
    const body = new ReadableStream({
      pull(controller) {
        if (++chunks === 100) controller.close();
        else controller.enqueue(new Uint8Array(10_000));
      },
      cancel: left,
    });
    expect((await manage(programOf()).ask("POST", "/reload", { body })).status).toBe(413);
    expect(left).toHaveBeenCalled();
    expect(chunks).toBeLessThan(20);
  });

  function stream(text: string): ReadableStream {
    return new Blob([text]).stream();
  }
});

describe("what should not happen", () => {
  test.each([
    ...[...open, ...protectedPaths, "/events/stream", "/metrics"].map((path) => ["GET", path]),
    ...["/reload", "/reconnect/one", "/shutdown"].map((path) => ["POST", path]),
    ["DELETE", "/sessions/one"],
  ])("%s %s answers 500, and only the log is told why", async (method = "", path = "") => {
    const report = mock();
    const { ask } = manage(brokenProgram("a detail that is nobody's business"), { report });
    const response = await ask(method, path);
    expect(response.status).toBe(500);
    expect(await response.json()).toStrictEqual(error("internal", /^internal error; the log says more$/));
    expect(report).toHaveBeenCalledTimes(1);
    expect(report.mock.calls[0]?.[0]).toMatchObject({ message: "a detail that is nobody's business" });
  });

  test("an answer that is not as documented is one of them", async () => {
    const report = mock();
    const { ask } = manage(programOf({ version: 1 as unknown as string }), { report });
    expect((await ask("GET", "/health")).status).toBe(500);
    expect(report).toHaveBeenCalledTimes(1);
  });
});
