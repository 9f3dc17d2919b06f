// What can go wrong on the way to a server, each in one sentence, and whether trying again would help.
import { describe, expect, test } from "bun:test";
import { Api, type ApiOptions } from "../../../src/tui/api.ts";
import { systemClock } from "../../../src/tui/clock.ts";
import { ServersHealth } from "../../../src/tui/health.ts";
import { certificate } from "../../fixtures/certificate.ts";
import { freePort } from "../../fixtures/free-port.ts";
import { manage, programOf } from "../../fixtures/program.ts";
import { until, within } from "../../fixtures/until.ts";
import { SimulatedClock, settled } from "../backend/simulated-clock.ts";

const apiOf = (url: string, more: Partial<ApiOptions> = {}) => new Api({ url, clock: systemClock, ...more });

/** What a snapshot fails with. */
const failure = async (api: Api) => {
  const { kind, message } = await api.snapshot().then(
    () => ({ kind: "none", message: "" }),
    (error: { kind: string; message: string }) => error,
  );
  return [kind, message.replaceAll(/127\.0\.0\.1:\d+/g, "HOST")];
};

/** A server that gives this answer to everything. */
const serving = (answer: () => Response | Promise<Response>) =>
  Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answer });

const refusal = (status: number, message: string) => () =>
  Response.json({ error: { code: "x", message, details: null } }, { status });

describe("a failure", () => {
  const json = { headers: { "content-type": "application/json" } };
  const html = { headers: { "content-type": "text/html; charset=utf-8" } };

  test.each<[string, () => Response, string]>([
    ["another server", () => new Response("<html>", html), "HOST answers with HTTP 200 and text/html"],
    ["another API", () => Response.json({ hello: "world" }), "HOST speaks of other things"],
    ["broken JSON", () => new Response("{", json), "HOST answers with HTTP 200 and application/json"],
    [
      "a path of its own",
      () => new Response("no", { ...html, status: 404 }),
      "HOST answers with HTTP 404 and text/html",
    ],
    ["a redirect", () => Response.redirect("http://evil.example/"), "HOST answers with HTTP 302 and nothing"],
  ])("is no Argus server: %s", async (_, answer, message) => {
    using server = serving(answer);
    expect(await failure(apiOf(server.url.origin))).toEqual(["refused", `that is no Argus server: ${message}`]);
  });

  const noToken = "no token is configured, so only this machine is served; set it";
  const off = "the management API is turned off (server.management.enabled)";

  test.each([
    [401, "a bearer token is required", /^HOST wants a token: give --token, set ARGUS_MGMT_TOKEN, or add it/],
    [401, noToken, `HOST does not serve us: ${noToken}`],
    [403, "the Host is not allowed", "HOST does not serve us: the Host is not allowed"],
    [404, off, `HOST: ${off}`],
    [404, "no such path; see there", "the Argus server on HOST is another version: it has no /manage/v1/snapshot"],
  ])("is a refusal: %d %s", async (status, said, message) => {
    using server = serving(refusal(status, said));
    expect(await failure(apiOf(server.url.origin))).toEqual(["refused", expect.stringMatching(message)]);
  });

  test("is a refusal: a wrong token", async () => {
    using server = serving(refusal(401, "the bearer token is wrong"));
    const api = apiOf(server.url.origin, { token: "t" });
    expect(await failure(api)).toEqual([
      "refused",
      expect.stringMatching(/^the token is wrong: HOST does not accept it; for another, give --token/),
    ]);
  });

  test("may pass: a proxy whose server is away, an error", async () => {
    using proxy = serving(() => new Response("<html>", { ...html, status: 502 }));
    expect(await failure(apiOf(proxy.url.origin))).toEqual(["lost", "HOST answers with HTTP 502"]);
    using broken = serving(refusal(500, "internal error; the log says more"));
    expect(await failure(apiOf(broken.url.origin))).toEqual(["failed", "internal error; the log says more"]);
  });

  test("nobody is there", async () => {
    expect(await failure(apiOf(`http://127.0.0.1:${freePort()}`))).toEqual(["lost", "nothing listens on HOST"]);
    expect(await failure(apiOf("http://nowhere.invalid:9000"))).toEqual([
      ...["lost", "there is no host of this name: nowhere.invalid:9000"],
    ]);
  });

  test("is a refusal: https that is not trusted, or that is none", async () => {
    const tls = await certificate("nobody");
    using server = Bun.serve({ hostname: "127.0.0.1", port: 0, tls, fetch: () => new Response() });
    expect(await failure(apiOf(server.url.origin))).toEqual([
      "refused",
      expect.stringMatching(/^HOST has a certificate that this machine does not trust: .*NODE_EXTRA_CA_CERTS=FILE/),
    ]);
    using plain = serving(() => new Response());
    expect(await failure(apiOf(plain.url.origin.replace("http:", "https:")))).toEqual([
      ...["refused", "HOST does not speak TLS: perhaps its URL begins with http://"],
    ]);
  });

  test("no answer in time", async () => {
    const clock = new SimulatedClock();
    const asked = Promise.withResolvers<void>();
    using server = serving(() => {
      asked.resolve();
      return new Promise(() => undefined);
    });
    const found = failure(apiOf(server.url.origin, { clock }));
    await within("the request", asked.promise);
    await clock.pass(10_000);
    expect(await found).toEqual(["lost", "HOST does not answer within 10 s"]);
  });

  test("given up", async () => {
    using server = serving(() => new Promise(() => undefined));
    const cancel = new AbortController();
    const found = apiOf(server.url.origin).snapshot(cancel.signal);
    cancel.abort();
    await expect(found).rejects.toMatchObject({ kind: "lost" });
  });
});

describe("the stream", () => {
  test("that falls silent is given up", async () => {
    const clock = new SimulatedClock();
    using server = manage(programOf()).serve();
    const opened = Promise.withResolvers<void>();
    const { signal } = new AbortController();
    const events: string[] = [];
    const following = apiOf(server.url.origin, { clock }).follow({
      ...{ last: null, signal, event: ({ message }) => events.push(message) },
      opened: () => opened.resolve(),
    });
    following.catch(() => undefined);
    await within("the stream", opened.promise);
    await settled();
    await clock.pass(39_000);
    await clock.pass(2_000);
    await expect(following).rejects.toMatchObject({ kind: "lost", message: `${server.url.host} has fallen silent` });
  });

  test("sends the token in a header, and follows no redirect with it", async () => {
    const seen: (string | null)[] = [];
    using server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: (request) => {
        seen.push(request.headers.get("authorization"), request.headers.get("last-event-id"));
        return Response.redirect("/elsewhere");
      },
    });
    const api = apiOf(`${server.url.origin}/base/`, { token: "t" });
    const { signal } = new AbortController();
    const nothing = () => undefined;
    await expect(api.follow({ last: "x", signal, opened: nothing, event: nothing })).rejects.toMatchObject({
      kind: "refused",
    });
    expect(seen).toEqual(["Bearer t", "x"]);
  });
});

describe("the health of all servers", () => {
  test("is asked every 5 s, one question at a time, and forgotten with the server", async () => {
    const clock = new SimulatedClock();
    using good = manage(programOf()).serve();
    let asked = 0;
    using slow = serving(() => {
      asked++;
      return new Promise(() => undefined);
    });
    const away = { name: "away", url: `http://127.0.0.1:${freePort()}` };
    const servers = [{ name: "good", url: good.url.origin }, { name: "slow", url: slow.url.origin }, away];
    const list = new ServersHealth({ servers: () => servers, clock });
    const of = (index: number) => list.of(servers[index] ?? away);
    list.start();
    await until("two answers", () => of(0) && of(2) && asked > 0);
    expect(of(0)).toMatchObject({ up: true, health: { status: "healthy" }, message: null });
    expect(of(2)).toMatchObject({ up: false, health: null, message: expect.stringMatching(/^nothing listens/) });
    await clock.pass(3_000);
    await until("the third", () => of(1));
    expect(of(1)?.message).toEndWith("does not answer within 3 s");
    expect(asked).toBe(1);
    servers.pop();
    await clock.pass(5_000);
    expect(list.of(away)).toBeUndefined();
    await list.stop();
  });
});
