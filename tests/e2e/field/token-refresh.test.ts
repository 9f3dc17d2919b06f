// A token that expires or is revoked in mid-session is renewed and the call repeated once; without a token nothing is sent.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { connect } from "../../fixtures/connect.ts";
import { startGateway } from "../../fixtures/gateway.ts";
import { inPhase, type Kind, startWorld, toldBy } from "../../fixtures/oauth/start.ts";
import { until } from "../../fixtures/until.ts";

setDefaultTimeout(40_000);

const kinds: Kind[] = ["streamable-http", "sse"];

/** A world whose tokens are the gateway's own. */
async function start(kind: Kind) {
  const world = await startWorld(kind);
  world.server.audience = false;
  return world;
}

describe.each(kinds)("over %s", (kind) => {
  test("one token serves all connections and calls", async () => {
    await using world = await start(kind);
    await using gateway = await startGateway(world.config(world.issuer.clientCredentials, { sharing: "session" }));
    const clients = await Promise.all([1, 2, 3].map(() => connect(gateway.url)));
    await Promise.all(clients.map((client) => client.text("echo", { value: 1 })));
    await Promise.all(clients.map((client) => client.close()));
    expect(world.issuer.asked).toEqual(["client_credentials"]);
    expect(world.server.bare).toEqual([]);
  });

  test("a revoked token is renewed, and every call is made once", async () => {
    await using world = await start(kind);
    await using gateway = await startGateway(world.config(world.issuer.clientCredentials));
    await using client = await connect(gateway.url);
    await client.text("echo", { value: 1 });
    world.issuer.revoke();
    const values = Array.from({ length: 10 }, (_, value) => value);
    const answers = await Promise.all(values.map((value) => client.text("echo", { value })));
    expect(answers).toEqual(values.map((value) => JSON.stringify({ value })));
    expect(world.issuer.count("client_credentials")).toBe(2);
    const [token] = world.issuer.tokens.keys();
    const calls = world.server.arrivals.filter((each) => each.called === "tools/call" && each.token === token);
    expect(calls).toHaveLength(10);
    expect(world.server.bare).toEqual([]);
  });

  test("a token that expires is renewed before it does", async () => {
    await using world = await start(kind);
    world.issuer.lifetime = 1;
    await using gateway = await startGateway(world.config(world.issuer.clientCredentials));
    await using client = await connect(gateway.url);
    const before = world.issuer.count("client_credentials");
    await until("another token was fetched", async () => {
      await client.text("echo", { value: 1 });
      return world.issuer.count("client_credentials") > before;
    });
    await client.text("echo", { value: 1 });
    expect(world.server.bare).toEqual([]);
  });

  test("a token endpoint that fails in mid-session means that the backend fails, and comes back with it", async () => {
    await using world = await start(kind);
    await using gateway = await startGateway(world.config(world.issuer.clientCredentials));
    await using client = await connect(gateway.url);
    await client.text("echo", { value: 1 });
    world.issuer.fault = "unavailable";
    world.issuer.revoke();
    await expect(client.text("echo", { value: 2 })).rejects.toThrow("HTTP 503");
    expect((await inPhase(gateway, "retrying")).error).toBe("the authorization server answered HTTP 503");
    world.issuer.fault = "none";
    await inPhase(gateway, "ready");
    expect(await client.text("echo", { value: 3 })).toBe('{"value":3}');
    expect(world.server.bare).toEqual([]);
  });

  test("a token endpoint that is not there at the start is retried", async () => {
    await using world = await start(kind);
    await world.issuer.stop();
    await using gateway = await startGateway(world.config(world.issuer.clientCredentials));
    expect((await inPhase(gateway, "retrying")).error).toContain("cannot be reached");
    expect(world.server.arrivals).toEqual([]);
    world.issuer.restart();
    await inPhase(gateway, "ready");
  });

  test("a client that the authorization server does not know is not retried", async () => {
    await using world = await start(kind);
    const auth = { ...world.issuer.clientCredentials, client_secret: "a-wrong-s3cret" };
    await using gateway = await startGateway(world.config(auth));
    expect((await inPhase(gateway, "failed")).error).toBe("the authorization server refused: invalid_client");
    expect(world.server.arrivals).toEqual([]);
    expect(gateway.log()).not.toContain("next attempt");
  });

  test("a backend that refuses every token is asked twice, not for ever, and secrets stay secret", async () => {
    await using world = await start(kind);
    world.server.closed = true;
    await using gateway = await startGateway(world.config(world.issuer.clientCredentials));
    expect((await inPhase(gateway, "failed")).error).toMatch(/HTTP 401.*: no entry with \*{3}REDACTED/);
    expect(world.server.arrivals).toHaveLength(2);
    expect(world.issuer.count("client_credentials")).toBe(2);
    const told = await toldBy(gateway);
    for (const secret of [world.issuer.clientSecret, ...world.issuer.tokens.keys()]) expect(told).not.toContain(secret);
  });
});
