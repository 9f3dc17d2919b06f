// When a backend's lists change, every client that may see it is told, and finds the new list.
import { expect, test } from "bun:test";
import { chaos } from "../../fixtures/backends.ts";
import { countChanges, kinds } from "../../fixtures/changes.ts";
import { type Connected, connect } from "../../fixtures/connect.ts";
import { Forgetful } from "../../fixtures/forgetful.ts";
import { startGateway } from "../../fixtures/gateway.ts";
import { until } from "../../fixtures/until.ts";

const names = async (client: Connected) => ({
  tools: (await client.listTools()).tools.map(({ name }) => name),
  prompts: (await client.listPrompts()).prompts.map(({ name }) => name),
  resources: (await client.listResources()).resources.map(({ name }) => name),
});

test("a local backend tells clients of both transports", async () => {
  await using gateway = await startGateway({ version: "1", backends: { chaos: chaos() } });
  await using one = await connect(gateway.url);
  await using two = await connect(gateway.url);
  await using three = await connect(gateway.url, { transport: "sse" });
  const heard = [one, two, three].map(countChanges);
  await one.text("grow");
  for (const counts of heard) await until("all kinds were told", () => kinds.every((kind) => counts[kind]));
  for (const client of [one, two, three]) {
    for (const list of Object.values(await names(client))) expect(list).toContain("grown");
  }
}, 20_000);

test.each(["shared", "session"])(
  "a remote backend with sharing: %s tells clients of both transports",
  async (sharing) => {
    await using server = new Forgetful();
    const backends = { remote: { type: "streamable-http", url: server.url, sharing } };
    await using gateway = await startGateway({ version: "1", backends });
    await using one = await connect(gateway.url);
    await using two = await connect(gateway.url, { transport: "sse" });
    await Promise.all([one.text("reply"), two.text("reply")]);
    await until("the gateway listens", () => server.listening > 0);
    const heard = [one, two].map(countChanges);
    server.tools.push("grown");
    server.announce("notifications/tools/list_changed");
    for (const counts of heard) await until("tools were told", () => counts.tools);
    for (const client of [one, two]) expect(await client.toolNames()).toContain("grown");
  },
  20_000,
);

test("a client of another group is told nothing", async () => {
  const backends = {
    ours: { ...chaos(), group: "ours" },
    theirs: { ...chaos("--suffix=-theirs"), group: "theirs" },
  };
  await using gateway = await startGateway({ version: "1", backends });
  await using ours = await connect(gateway.url, { group: "ours" });
  await using theirs = await connect(gateway.url, { group: "theirs" });
  const [ourCounts, theirCounts] = [countChanges(ours), countChanges(theirs)];
  await ours.text("grow");
  await until("our group was told", () => kinds.every((kind) => ourCounts[kind]));
  expect(theirCounts).toEqual({ tools: 0, prompts: 0, resources: 0 });
  await theirs.text("grow-theirs");
  await until("their group was told", () => kinds.every((kind) => theirCounts[kind]));
  expect(await theirs.toolNames()).not.toContain("grown");
}, 20_000);
