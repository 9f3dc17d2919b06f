// What a modern server over HTTP is told in headers: the request's method and name as it knows them, and parameters that it asks for there.
import { expect, setDefaultTimeout, test } from "bun:test";
import { connect } from "../../fixtures/connect.ts";
import { startGateway } from "../../fixtures/gateway.ts";
import { startModern } from "../../fixtures/modern/start.ts";

setDefaultTimeout(30_000);

async function headers(args: Record<string, unknown>, options: object = {}): Promise<Record<string, string>> {
  await using fixture = await startModern("streamable-http");
  await using gateway = await startGateway({
    version: "1",
    backends: { modern: { ...fixture.backend, tool_overrides: { heads: { name: "renamed" } }, ...options } },
  });
  await using client = await connect(gateway.url);
  return JSON.parse(await client.text("renamed", args));
}

test("a renamed tool has the name in the headers that its server knows", async () => {
  expect(await headers({}, { headers: { "x-own": "kept" } })).toMatchObject({
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": "tools/call",
    "mcp-name": "heads",
    "x-own": "kept",
  });
});

test("parameters that a tool wants in headers are there, and no others", async () => {
  const sent = await headers({ region: "eu-west", number: 42, deep: { flag: true }, other: "no" });
  expect(sent).toMatchObject({
    "mcp-param-region": "eu-west",
    "mcp-param-number": "42",
    "mcp-param-deep-flag": "true",
  });
  const absent = await headers({ region: null, number: 7 });
  expect(Object.keys(absent).filter((name) => name.startsWith("mcp-param-"))).toEqual(["mcp-param-number"]);
});

test("values that a header cannot hold are encoded", async () => {
  const encoded = (text: string) => `=?base64?${Buffer.from(text).toString("base64")}?=`;
  for (const region of ["Zürich\n", " padded ", "=?base64?YQ==?=", ""])
    expect(await headers({ region })).toMatchObject({ "mcp-param-region": encoded(region) });
});

test("a tool that asks for headers in a wrong way is left out, with a warning, and the others are not", async () => {
  await using fixture = await startModern("streamable-http");
  await using gateway = await startGateway({ version: "1", backends: { modern: fixture.backend } });
  await using client = await connect(gateway.url);
  expect(await client.toolNames()).not.toContain("bad-header");
  expect(await client.toolNames()).toContain("echo");
  const { events } = (await (await gateway.manage("/events?severity=warning")).json()) as {
    events: { message: string }[];
  };
  expect(events.map(({ message }) => message)).toContainEqual(expect.stringMatching(/bad-header.*x-mcp-header/));
});

test("a tool that wants another header than it said is asked what it wants, and called again", async () => {
  await using fixture = await startModern("streamable-http");
  await using gateway = await startGateway({ version: "1", backends: { modern: fixture.backend } });
  await using client = await connect(gateway.url);
  expect(await client.text("moody", { place: "Rome" })).toBe("in Rome");
  await client.text("move");
  expect(await client.text("moody", { place: "Oslo" })).toBe("in Oslo");
});
