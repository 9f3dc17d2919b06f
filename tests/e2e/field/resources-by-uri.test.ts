// Resources are found by their URI, templates by theirs, and one name may be a tool and a prompt.
import { describe, expect, test } from "bun:test";
import { chaos } from "../../fixtures/backends.ts";
import { connect } from "../../fixtures/connect.ts";
import { startGateway } from "../../fixtures/gateway.ts";

const backends = { a: chaos("--suffix=-a"), b: chaos("--suffix=-b") };

describe.each([["first-wins"], ["prefix"]])("with two backends and the strategy %s", (strategy) => {
  const start = () => startGateway({ version: "1", backends, conflict_resolution: { strategy } });

  test("each URI is read from its backend, also by template", async () => {
    await using gateway = await start();
    await using client = await connect(gateway.url);
    for (const suffix of ["-a", "-b"]) {
      for (const uri of [`chaos://fixed${suffix}`, `chaos://items${suffix}/1`, `chaos://items${suffix}/some%20thing`]) {
        const { contents } = await client.readResource({ uri });
        expect(contents).toMatchObject([{ uri, text: `${uri} of chaos${suffix}` }]);
      }
    }
  }, 20_000);

  test("every resource and template is listed under its own URI", async () => {
    await using gateway = await start();
    await using client = await connect(gateway.url);
    const { resources } = await client.listResources();
    expect(resources.map(({ uri }) => uri)).toEqual(["chaos://fixed-a", "chaos://fixed-b"]);
    const { resourceTemplates } = await client.listResourceTemplates();
    const templates = resourceTemplates.map(({ uriTemplate }) => uriTemplate);
    expect(templates).toEqual(["chaos://items-a/{id}", "chaos://items-b/{id}"]);
  }, 20_000);

  test("a URI that nobody offers is not found", async () => {
    await using gateway = await start();
    await using client = await connect(gateway.url);
    for (const uri of ["chaos://items-c/1", "chaos://fixed", "nonsense"]) {
      await expect(client.readResource({ uri })).rejects.toMatchObject({ code: -32002 });
    }
  }, 20_000);
});

test("a tool and a prompt of one name both work", async () => {
  await using gateway = await startGateway({ version: "1", backends });
  await using client = await connect(gateway.url);
  for (const name of ["echo-a", "echo-b"]) {
    expect(await client.text(name, { text: "a tool" })).toBe("a tool");
    const { messages } = await client.getPrompt({ name, arguments: { text: "a prompt" } });
    expect(messages[0]?.content).toEqual({ type: "text", text: `${name}: {"text":"a prompt"}` });
  }
}, 20_000);
