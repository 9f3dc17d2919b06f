// The strategies for two backends that offer the same name.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { folder, run } from "../fixtures/command.ts";
import { offering } from "../fixtures/raw-backend.ts";
import { alpha, beta, calls, late, namesOf, open, served, urisOf } from "./aggregation.ts";

setDefaultTimeout(30_000);

describe("prefix", () => {
  const strategy = { strategy: "prefix" };

  test("tools and prompts bear the name of their backend, resources keep their URI", async () => {
    await using opened = await open({ backends: { alpha, beta }, conflict_resolution: strategy });
    const { client } = opened;
    expect(await namesOf(client, "tools")).toEqual([
      "alpha_alpha-tool",
      "alpha_common",
      "beta_common",
      "beta_beta-tool",
    ]);
    expect(await namesOf(client, "prompts")).toEqual([
      ...["alpha_alpha-prompt", "alpha_common"],
      ...["beta_common", "beta_beta-prompt"],
    ]);
    expect(await urisOf(client)).toEqual(["test://alpha", "test://common", "test://beta"]);
    expect(await calls(client, "beta_common")).toEqual(["beta", "common"]);
    expect(await served(client, "prompts/get", { name: "beta_common" })).toEqual(["beta", "common"]);
    expect(await served(client, "resources/read", { uri: "test://common" })).toEqual(["alpha", "test://common"]);
    const ref = { type: "ref/prompt", name: "beta_common" };
    const { received } = await client.request("completion/complete", { ref, argument: { name: "a", value: "" } });
    expect(received).toMatchObject({ ref: { type: "ref/prompt", name: "common" } });
  });

  test("also with one backend, and with a separator of one's own", async () => {
    await using opened = await open({ backends: { alpha }, conflict_resolution: { ...strategy, separator: "." } });
    expect(await namesOf(opened.client, "tools")).toEqual(["alpha.alpha-tool", "alpha.common"]);
    expect(await calls(opened.client, "alpha.common")).toEqual(["alpha", "common"]);
  });

  test("a name over 64 characters is cut, the same every time, and still finds its tool", async () => {
    const tools = ["a", "b"].map((end) => `${"long-".repeat(14)}${end}`);
    const config = { backends: { gamma: offering("gamma", { tools }) }, conflict_resolution: strategy };
    const listed = async () => {
      await using opened = await open(config);
      const names = (await namesOf(opened.client, "tools")) as string[];
      for (const [index, name] of names.entries())
        expect(await calls(opened.client, name)).toEqual(["gamma", tools[index]]);
      return names;
    };
    const names = await listed();
    expect(names).toEqual([
      expect.stringMatching(/^gamma_long-.{45}.{8}$/),
      expect.stringMatching(/^gamma_long-.{45}.{8}$/),
    ]);
    expect(new Set(names).size).toBe(2);
    expect(await listed()).toEqual(names);
  });
});

describe("priority", () => {
  test("the backend earlier in the order keeps the name", async () => {
    const conflict_resolution = { strategy: "priority", order: ["beta"] };
    await using opened = await open({ backends: { alpha, beta: late(beta) }, conflict_resolution });
    const { client } = opened;
    expect((await namesOf(client, "tools")).toSorted()).toEqual(["alpha-tool", "beta-tool", "common"]);
    expect(await calls(client, "common")).toEqual(["beta", "common"]);
    expect(await served(client, "prompts/get", { name: "common" })).toEqual(["beta", "common"]);
    expect(await served(client, "resources/read", { uri: "test://common" })).toEqual(["beta", "test://common"]);
  });

  test("backends that the order does not name follow in the order of the configuration", async () => {
    const gamma = offering("gamma", { tools: ["common"] });
    const conflict_resolution = { strategy: "priority", order: ["gamma"] };
    await using opened = await open({ backends: { beta, alpha, gamma }, conflict_resolution });
    expect(await calls(opened.client, "common")).toEqual(["gamma", "common"]);
    expect(await served(opened.client, "prompts/get", { name: "common" })).toEqual(["beta", "common"]);
  });
});

describe("error", () => {
  const conflict_resolution = { strategy: "error" };

  test("a duplicate fails the start and names both backends and the name", async () => {
    using place = folder({ "config.yaml": { version: "1", backends: { alpha, beta }, conflict_resolution } });
    const { code, stderr } = await run(["server", "--port", "0"], place);
    expect(code).toBe(1);
    for (const word of ["alpha", "beta", "common"]) expect(stderr).toContain(word);
  });

  test("without a duplicate nothing is renamed", async () => {
    const gamma = offering("gamma", { tools: ["gamma-tool"], prompts: ["alpha-tool"] });
    await using opened = await open({ backends: { alpha, gamma }, conflict_resolution });
    expect(await namesOf(opened.client, "tools")).toEqual(["alpha-tool", "common", "gamma-tool"]);
  });
});
