// How the gateway authorizes itself to backends: static headers, further scopes, and an authorization that somebody gives in a browser.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { connect } from "../fixtures/connect.ts";
import { startGateway } from "../fixtures/gateway.ts";
import { agree } from "../fixtures/oauth/protected.ts";
import { askedBy, inPhase, type Kind, startWorld, statusOf, toldBy } from "../fixtures/oauth/start.ts";

setDefaultTimeout(40_000);

const kinds: Kind[] = ["streamable-http", "sse"];
const flow = { type: "oauth2", flow: "authorization_code" };

describe.each(kinds)("over %s", (kind) => {
  test("static headers go with every request", async () => {
    await using world = await startWorld(kind);
    world.server.audience = false;
    const lasting = { expiresAt: Number.POSITIVE_INFINITY, scopes: [], resource: undefined };
    world.issuer.tokens.set("a-static-s3cret", lasting);
    const auth = { type: "static", headers: { Authorization: "Bearer a-static-s3cret" } };
    await using gateway = await startGateway(world.config(auth));
    await using client = await connect(gateway.url);
    await client.text("echo", { value: 1 });
    expect(new Set(world.server.arrivals.map(({ token }) => token))).toEqual(new Set(["a-static-s3cret"]));
    world.server.closed = true;
    await expect(client.text("echo", { value: 2 })).rejects.toThrow("HTTP 401");
    expect(world.issuer.asked).toEqual([]);
  });

  test("scopes that a call wants are asked for once", async () => {
    await using world = await startWorld(kind, { wants: { echo: "admin" } });
    world.server.audience = false;
    await using gateway = await startGateway(world.config(world.issuer.clientCredentials));
    await using client = await connect(gateway.url);
    expect(await client.text("echo", { value: 1 })).toBe('{"value":1}');
    expect(await client.text("echo", { value: 2 })).toBe('{"value":2}');
    expect(world.issuer.requests.map((request) => request.get("scope"))).toEqual(["mcp", "mcp admin"]);
  });

  test("somebody is asked, and once that is done the backend connects by itself", async () => {
    await using world = await startWorld(kind);
    await using gateway = await startGateway(world.config(flow));
    const [url = ""] = await askedBy(gateway);
    expect(await statusOf(gateway)).toMatchObject({ phase: "failed", error: `needs authorization; open ${url}` });
    expect(gateway.log()).toContain(`needs authorization; open ${url}`);
    expect(await agree(url)).toContain("may use remote now");
    await inPhase(gateway, "ready");
    await using client = await connect(gateway.url);
    expect(await client.text("echo", { value: 1 })).toBe('{"value":1}');
    expect(world.server.bare.filter(({ method }) => method === "POST")).toEqual([]);
  });

  test("a grant that lasts is refreshed; one that has ended is asked for again", async () => {
    await using world = await startWorld(kind);
    await using gateway = await startGateway(world.config(flow));
    await agree((await askedBy(gateway))[0] ?? "");
    await inPhase(gateway, "ready");
    await using client = await connect(gateway.url);
    world.issuer.revoke();
    expect(await client.text("echo", { value: 1 })).toBe('{"value":1}');
    expect(world.issuer.count("refresh_token")).toBe(1);
    world.issuer.revokeAll();
    await expect(client.text("echo", { value: 2 })).rejects.toThrow("needs authorization");
    await inPhase(gateway, "failed");
    const [, again = ""] = await askedBy(gateway);
    await agree(again);
    await inPhase(gateway, "ready");
    expect(await client.text("echo", { value: 3 })).toBe('{"value":3}');
    const told = await toldBy(gateway);
    for (const token of world.server.arrivals.flatMap((arrival) => arrival.token ?? [])) {
      expect(told).not.toContain(token);
    }
  });

  test("a call that wants more than was granted asks for it, and the others go on", async () => {
    await using world = await startWorld(kind, { wants: { echo: "admin" } });
    await using gateway = await startGateway(world.config(flow));
    await agree((await askedBy(gateway))[0] ?? "");
    await inPhase(gateway, "ready");
    await using client = await connect(gateway.url);
    // Whoever knows the address, and the state in it, could give the gateway an account of their own.
    await expect(client.text("echo", { value: 1 })).rejects.toThrow(
      /"remote" needs authorization; the log of the gateway says where to give it$/,
    );
    expect((await statusOf(gateway)).phase).toBe("ready");
    expect(await client.toolNames()).toContain("echo");
    const [, more = ""] = await askedBy(gateway);
    expect(new URL(more).searchParams.get("scope")).toBe("mcp admin");
    await agree(more);
    expect(await client.text("echo", { value: 2 })).toBe('{"value":2}');
  });
});

test("a reload that changes the authorization ends the one that was asked for", async () => {
  await using world = await startWorld("streamable-http");
  await using gateway = await startGateway(world.config(flow));
  const [url = ""] = await askedBy(gateway);
  world.server.audience = false;
  gateway.edit(world.config(world.issuer.clientCredentials));
  await gateway.manage("/reload", { method: "POST" });
  await inPhase(gateway, "ready");
  await expect(agree(url)).rejects.toThrow();
});
