// Several backends behind one address: what of which backend is offered, in which order, and who answers.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { failure, type Json } from "../fixtures/clients.ts";
import { listAll } from "../fixtures/conversation.ts";
import { startFull } from "../fixtures/full/start.ts";
import { startGateway } from "../fixtures/gateway.ts";
import { offering, rawBackend } from "../fixtures/raw-backend.ts";
import { alpha, beta, calls, connectTo, late, namesOf, open, served, urisOf } from "./aggregation.ts";

setDefaultTimeout(30_000);

describe("first-wins", () => {
  test("lists are merged in the order of the configuration, and the earlier backend keeps a name", async () => {
    await using opened = await open({ backends: { alpha: late(alpha), beta } });
    const { client } = opened;
    expect(await namesOf(client, "tools")).toEqual(["alpha-tool", "common", "beta-tool"]);
    expect(await namesOf(client, "prompts")).toEqual(["alpha-prompt", "common", "beta-prompt"]);
    expect(await urisOf(client)).toEqual(["test://alpha", "test://common", "test://beta"]);
    expect(await calls(client, "common")).toEqual(["alpha", "common"]);
    expect(await calls(client, "beta-tool")).toEqual(["beta", "beta-tool"]);
    expect(await served(client, "prompts/get", { name: "common" })).toEqual(["alpha", "common"]);
    expect(await served(client, "prompts/get", { name: "beta-prompt" })).toEqual(["beta", "beta-prompt"]);
  });

  test("resources are read by URI and by template, from the backend that offers them", async () => {
    await using opened = await open({ backends: { alpha, beta } });
    const { client } = opened;
    const reads = (uri: string) => served(client, "resources/read", { uri });
    expect(await reads("test://beta")).toEqual(["beta", "test://beta"]);
    expect(await reads("test://common")).toEqual(["alpha", "test://common"]);
    expect(await reads("alpha://7")).toEqual(["alpha", "alpha://7"]);
    expect(await reads("beta://7")).toEqual(["beta", "beta://7"]);
    expect(await failure(reads("gamma://7"))).toMatchObject({ code: -32002, data: { uri: "gamma://7" } });
  });

  test("completion goes to the owner of the prompt or the template", async () => {
    await using opened = await open({ backends: { alpha, beta } });
    const completer = async (ref: Json) => {
      const params = { ref, argument: { name: "id", value: "" } };
      return (await opened.client.request("completion/complete", params)).backend;
    };
    expect(await completer({ type: "ref/prompt", name: "common" })).toBe("alpha");
    expect(await completer({ type: "ref/prompt", name: "beta-prompt" })).toBe("beta");
    expect(await completer({ type: "ref/resource", uri: "beta://{id}" })).toBe("beta");
  });

  test("instructions are merged, and a method without a clear target is refused", async () => {
    await using opened = await open({ backends: { alpha, beta } });
    const { client } = opened;
    expect(client.initialization.instructions).toMatch(/Instructions of alpha\.[\s\S]*Instructions of beta\./);
    expect(await failure(client.request("vendor/unknown"))).toMatchObject({ code: -32601 });
  });

  test("all pages of every backend are in the list", async () => {
    await using full = await startFull("stdio");
    await using opened = await open({ backends: { alpha, full: full.backend } });
    const names = await namesOf(opened.client, "tools");
    expect(names.slice(0, 3)).toEqual(["alpha-tool", "common", "echo"]);
    expect(names.length).toBeGreaterThan(20);
  });

  test("a disabled backend offers nothing", async () => {
    await using opened = await open({ backends: { alpha: { ...alpha, enabled: false }, beta } });
    expect(await namesOf(opened.client, "tools")).toEqual(["common", "beta-tool"]);
  });
});

describe("filters", () => {
  const many = offering("many", {
    tools: ["read_file", "read_dir", "write_file", "Read_other", "x1", "x2", "xa"],
    prompts: ["read_prompt", "other"],
    resources: ["test://a/1", "test://a/2", "test://b/1"],
  });

  test("deny wins, a list of what is allowed admits nothing else, and what is filtered cannot be called", async () => {
    const filters = {
      tools: { allow: ["read_*", "x[!a]", "write_?ile"], deny: ["*_dir", "x2"] },
      prompts: { deny: ["other"] },
      resources: { allow: ["test://a/*"], deny: ["test://a/2 of *"] },
    };
    await using opened = await open({ backends: { many: { ...many, filters } } });
    const { client } = opened;
    expect(await namesOf(client, "tools")).toEqual(["read_file", "write_file", "x1"]);
    expect(await namesOf(client, "prompts")).toEqual(["read_prompt"]);
    expect(await urisOf(client)).toEqual(["test://a/1"]);
    for (const name of ["read_dir", "Read_other", "xa"]) {
      expect(await failure(client.call(name))).toMatchObject({ code: -32602 });
    }
    expect(await failure(client.request("prompts/get", { name: "other" }))).toMatchObject({ code: -32602 });
    const uri = "test://b/1";
    expect(await failure(client.request("resources/read", { uri }))).toMatchObject({ code: -32002 });
  });

  test("a filter frees a name for another backend", async () => {
    const filtered = { ...alpha, filters: { tools: { deny: ["common"] } } };
    await using opened = await open({
      backends: { alpha: filtered, beta },
      conflict_resolution: { strategy: "first-wins" },
    });
    expect(await calls(opened.client, "common")).toEqual(["beta", "common"]);
    expect(await served(opened.client, "prompts/get", { name: "common" })).toEqual(["alpha", "common"]);
  });
});

describe("overrides", () => {
  const tools = [
    { name: "first", description: "The first.", inputSchema: { type: "object" }, "vendor/unknown": [1] },
    { name: "second", description: "The second.", inputSchema: { type: "object" }, title: "Second" },
  ];
  const gamma = rawBackend({ name: "gamma", tools });

  test("a name and a description are replaced, all else stays", async () => {
    const tool_overrides = { first: { name: "renamed" }, second: { description: "Better." } };
    await using opened = await open({ backends: { gamma: { ...gamma, tool_overrides } } });
    const { client } = opened;
    expect(await listAll(client, "tools/list", "tools")).toEqual([
      { ...tools[0], name: "renamed" },
      { ...tools[1], description: "Better." },
    ]);
    expect(await calls(client, "renamed")).toEqual(["gamma", "first"]);
    expect(await calls(client, "second")).toEqual(["gamma", "second"]);
    expect(await failure(client.call("first"))).toMatchObject({ code: -32602 });
  });

  test("filters see the original name, strategies the new one", async () => {
    const renamed = {
      ...alpha,
      filters: { tools: { allow: ["common"] } },
      tool_overrides: { common: { name: "beta-tool" } },
    };
    const config = { backends: { alpha: renamed, beta }, conflict_resolution: { strategy: "first-wins" } };
    await using opened = await open(config);
    expect(await namesOf(opened.client, "tools")).toEqual(["beta-tool", "common"]);
    expect(await calls(opened.client, "beta-tool")).toEqual(["alpha", "common"]);
    expect(await calls(opened.client, "common")).toEqual(["beta", "common"]);
  });

  test("a renamed tool gets its prefix", async () => {
    const tool_overrides = { first: { name: "renamed" } };
    const config = { backends: { gamma: { ...gamma, tool_overrides } }, conflict_resolution: { strategy: "prefix" } };
    await using opened = await open(config);
    expect(await calls(opened.client, "gamma_renamed")).toEqual(["gamma", "first"]);
  });
});

describe("groups", () => {
  const backends = {
    alpha: { ...alpha, group: "one" },
    beta: { ...beta, group: "two" },
    gamma: offering("gamma", { tools: ["g"] }),
  };

  test.each(["/mcp", "/sse"])("%s/{group} offers only what the backends of the group offer", async (path) => {
    await using opened = await open({ backends }, path);
    const { gateway, client } = opened;
    await using one = await connectTo(gateway, `${path}/one`);
    await using other = await connectTo(gateway, `${path}/default`);
    expect(await namesOf(client, "tools")).toEqual(["alpha-tool", "common", "beta-tool", "g"]);
    expect(await namesOf(one, "tools")).toEqual(["alpha-tool", "common"]);
    expect(await urisOf(one)).toEqual(["test://alpha", "test://common"]);
    expect(one.initialization.instructions).not.toContain("beta");
    expect(await calls(one, "common")).toEqual(["alpha", "common"]);
    expect(await namesOf(other, "tools")).toEqual(["g"]);
    for (const name of ["beta-tool", "g"]) expect(await failure(one.call(name))).toMatchObject({ code: -32602 });
    const uri = "test://beta";
    expect(await failure(one.request("resources/read", { uri }))).toMatchObject({ code: -32002 });
  });

  test("an unknown group is not found", async () => {
    await using gateway = await startGateway({ version: "1", backends });
    expect((await fetch(`${gateway.url}/mcp/three`, { method: "POST", body: "{}" })).status).toBe(404);
    expect((await fetch(`${gateway.url}/sse/three`)).status).toBe(404);
  });
});
