// Scenarios of resources: lists, templates, reading, subscriptions and their updates.
import { expect } from "bun:test";
import { failure, type TestClient } from "../../fixtures/clients.ts";
import { listAll, updateOf } from "../../fixtures/conversation.ts";
import { resources, templates } from "../../fixtures/full/resources.ts";
import { oneProcess, type Scenario } from "./scenario.ts";

export const resourceScenarios: Scenario[] = [
  {
    title: "resources/list gives all pages, each resource as the backend wrote it",
    async run({ client }) {
      const listed = await listAll(client, "resources/list", "resources");
      expect(listed).toEqual(expect.arrayContaining(resources()));
    },
  },
  {
    title: "resources/templates/list gives all pages, each template as the backend wrote it",
    async run({ client }) {
      const listed = await listAll(client, "resources/templates/list", "resourceTemplates");
      expect(listed).toHaveLength(templates.length);
      expect(listed).toEqual(expect.arrayContaining(templates));
    },
  },
  ...["full://static/3", "full://item/a%20b", "full://doc/deep/er/file.txt", "full://search?query=x&limit=2"].map(
    (uri): Scenario => ({
      title: `resources/read of ${uri}`,
      async run({ client }) {
        const result = await client.request("resources/read", { uri, _meta: { "vendor/m": 1 }, "vendor/unknown": 1 });
        const contents = {
          uri,
          mimeType: "text/plain",
          text: `text of ${uri}`,
          _meta: { "vendor/etag": "1" },
          annotations: {},
        };
        expect(result).toEqual({ contents: [contents], _meta: { "vendor/received": { "vendor/m": 1 } } });
      },
    }),
  ),
  {
    title: "resources/read of a blob",
    async run({ client }) {
      const { contents } = await client.request("resources/read", { uri: "full://blob" });
      expect(contents).toEqual([{ uri: "full://blob", mimeType: "image/png", blob: "AAAA" }]);
    },
  },
  {
    title: "a resource that does not exist",
    async run({ client }) {
      const uri = "full://missing";
      const { code, data } = await failure(client.request("resources/read", { uri }));
      // SDK version 2 makes -32602, the code of the latest revision, of the -32002 on the wire.
      expect([-32002, -32602]).toContain(code);
      expect(data).toEqual({ uri });
    },
  },
  {
    title: "updates go to the subscribers only",
    where: oneProcess,
    async run({ client, connect }) {
      await using other = await connect();
      await subscribe(client, "full://static/1");
      await subscribe(other, "full://static/2");
      for (const uri of ["full://static/1", "full://static/2", "full://static/1"]) await client.call("touch", { uri });
      // Each second message follows what would have been the first client's or the other's by mistake.
      expect(await updateOf(client)).toEqual({ uri: "full://static/1", _meta: { "vendor/rev": 2 } });
      expect(await updateOf(client)).toEqual({ uri: "full://static/1", _meta: { "vendor/rev": 2 } });
      expect(await updateOf(other)).toEqual({ uri: "full://static/2", _meta: { "vendor/rev": 2 } });
      await client.request("resources/unsubscribe", { uri: "full://static/1" });
    },
  },
  {
    title: "two subscribers of one resource both hear of it, and one after the other has left",
    where: oneProcess,
    async run({ client, connect }) {
      await using other = await connect();
      const uri = "full://static/3";
      for (const subscriber of [client, other]) await subscribe(subscriber, uri);
      await client.call("touch", { uri });
      expect([await updateOf(client), await updateOf(other)]).toMatchObject([{ uri }, { uri }]);
      await client.request("resources/unsubscribe", { uri });
      await client.call("touch", { uri });
      expect(await updateOf(other)).toMatchObject({ uri });
    },
  },
  {
    title: "nothing comes after unsubscribing",
    async run({ client }) {
      const [left, kept] = ["full://static/1", "full://static/4"];
      for (const uri of [left, kept]) await subscribe(client, uri);
      await client.request("resources/unsubscribe", { uri: left });
      for (const uri of [left, kept]) await client.call("touch", { uri });
      expect(await updateOf(client)).toMatchObject({ uri: kept });
      await client.request("resources/unsubscribe", { uri: kept });
    },
  },
  {
    title: "an update of a part reaches the subscriber of the whole",
    async run({ client }) {
      const [uri, part] = ["full://static/2", "full://static/2/part"];
      await subscribe(client, uri);
      await client.call("touch", { uri, part });
      expect(await updateOf(client)).toMatchObject({ uri: part });
      await client.request("resources/unsubscribe", { uri });
    },
  },
];

const subscribe = (client: TestClient, uri: string) => client.request("resources/subscribe", { uri });
