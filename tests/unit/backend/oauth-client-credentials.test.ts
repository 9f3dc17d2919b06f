// The client credentials grant: what is sent, and which failures are final.
import { expect, test } from "bun:test";
import { type ClientCredentialsAuth, clientCredentials } from "../../../src/backend/client-credentials.ts";
import type { Token } from "../../../src/backend/credentials.ts";
import { GatewayError } from "../../../src/errors.ts";
import { type Fault, Issuer } from "../../fixtures/oauth/issuer.ts";

function fetchToken(issuer: Issuer, auth: Partial<ClientCredentialsAuth> = {}, scopes: string[] = []): Promise<Token> {
  const complete = { ...issuer.clientCredentials, ...auth } as ClientCredentialsAuth;
  return clientCredentials(complete).fetch({ refused: undefined, scopes });
}

/** What a failed attempt throws. */
async function failureOf(issuer: Issuer, auth: Partial<ClientCredentialsAuth> = {}): Promise<GatewayError> {
  const error = await fetchToken(issuer, auth).catch((thrown: unknown) => thrown);
  if (!(error instanceof GatewayError)) throw new Error(`no GatewayError: ${JSON.stringify(error)}`);
  for (const secret of [issuer.clientSecret, "client_secret=", encodeURIComponent(issuer.clientSecret)]) {
    expect(error.message).not.toContain(secret);
  }
  return error;
}

test.each(["header", "body"] as const)("the secret goes where the server takes it: %s", async (place) => {
  await using issuer = new Issuer();
  issuer.secretIn = place;
  const { value, goodFor } = await fetchToken(issuer);
  expect(issuer.scopesOf(value)).toEqual(["mcp"]);
  expect(goodFor).toBe(3_570);
});

test("what needs no encoding is not encoded, for servers that decode nothing", async () => {
  await using issuer = new Issuer();
  Object.assign(issuer, { secretIn: "undecoded header", clientId: "0c6e-41d2.x_y*z", clientSecret: "a-b.c_d" });
  expect((await fetchToken(issuer)).value).toBeString();
});

test("scopes that are asked for are added to the configured ones", async () => {
  await using issuer = new Issuer();
  const { value } = await fetchToken(issuer, {}, ["admin", "mcp"]);
  expect(issuer.scopesOf(value)).toEqual(["mcp", "admin"]);
});

test("without scopes none are sent", async () => {
  await using issuer = new Issuer();
  await fetchToken(issuer, { scopes: [] });
  expect(issuer.requests[0]?.has("scope")).toBe(false);
});

test("a wrong secret is final", async () => {
  await using issuer = new Issuer();
  const error = await failureOf(issuer, { client_secret: "wrong" });
  expect([error.code, error.message]).toEqual(["unauthorized", "the authorization server refused: invalid_client"]);
});

test.each<[Fault, string, string]>([
  ["unavailable", "unavailable", "answered HTTP 503"],
  ["garbage", "unavailable", "gave no usable answer"],
  ["redirect", "unavailable", "redirects to"],
  ["echo", "unauthorized", "refused: invalid_scope"],
])("a server that is %s means %s", async (fault, code, message) => {
  await using issuer = new Issuer();
  issuer.fault = fault;
  const error = await failureOf(issuer);
  expect(error.code).toBe(code as GatewayError["code"]);
  expect(error.message).toContain(message);
  expect(issuer.asked).toHaveLength(1);
});

test("a server that is not there may come back", async () => {
  const issuer = new Issuer();
  await issuer.stop();
  expect((await failureOf(issuer)).code).toBe("unavailable");
});
