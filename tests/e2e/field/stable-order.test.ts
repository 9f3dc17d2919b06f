// Lists have the same order every time, whichever backend was ready first.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { chaos, tiny } from "../../fixtures/backends.ts";
import { type Connected, connect } from "../../fixtures/connect.ts";
import { startGateway } from "../../fixtures/gateway.ts";

const methods = ["tools/list", "prompts/list", "resources/list", "resources/templates/list"];

const everything = async (client: Connected) =>
  JSON.stringify(await Promise.all(methods.map((method) => client.raw(method))));

/** Two backends that offer the same, and two that do not, each with its own delay at the start. */
const delayed = ([one, two, three]: readonly string[]) => ({
  own: chaos("--delay", one ?? "0", "--suffix=-own"),
  first: chaos("--delay", two ?? "0"),
  second: chaos("--delay", three ?? "0"),
  quick: tiny("quick"),
});

test("every start and every request gives the same lists, in the order of the configuration", async () => {
  const seen = new Set<string>();
  for (const delays of [
    ["0", "150", "300"],
    ["300", "150", "0"],
    ["150", "300", "0"],
  ]) {
    await using gateway = await startGateway({ version: "1", backends: delayed(delays) });
    await using client = await connect(gateway.url);
    for (let count = 0; count < 5; count++) seen.add(await everything(client));
    expect(await client.toolNames()).toEqual(expect.arrayContaining(["echo-own", "echo", "quick"]));
    // Of the two that offer the same, the earlier in the configuration has it, not the quicker.
    const winner = readFileSync(`/proc/${await client.text("pid")}/cmdline`, "utf8").split("\0");
    expect(winner).toContain(delays[1] ?? "");
  }
  expect(seen.size).toBe(1);
}, 30_000);

test("a backend that comes back takes its old place", async () => {
  await using gateway = await startGateway({ version: "1", backends: delayed([]) });
  await using client = await connect(gateway.url);
  const before = await everything(client);
  for (const suffix of ["-own", ""]) {
    await expect(client.text(`die${suffix}`)).rejects.toThrow();
    await client.text(`echo${suffix}`);
    expect(await everything(client)).toBe(before);
  }
}, 20_000);
