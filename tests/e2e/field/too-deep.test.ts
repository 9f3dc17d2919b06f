// What a backend nests deeper than any reader goes is left out with a warning: it harms neither what else that offers nor anybody else.
import { expect, test } from "bun:test";
import { tiny } from "../../fixtures/backends.ts";
import { connect } from "../../fixtures/connect.ts";
import { startGateway } from "../../fixtures/gateway.ts";
import { modernClient } from "../../fixtures/modern-client.ts";
import { rawBackend } from "../../fixtures/raw-backend.ts";

const inputSchema = { type: "object" };
const capabilities = {
  extensions: { "vendor/deep": "@deep", "vendor/fine": { setting: 1 } },
  experimental: { "vendor/deeper": { inner: "@deep" } },
  "vendor/deepest": "@deep",
};
const offer = {
  capabilities,
  tools: [
    { name: "bottomless", inputSchema: { ...inputSchema, "x-vendor": "@deep" } },
    { name: "secret", inputSchema, annotations: { token: "@deep" } },
    { name: "tool", inputSchema },
  ],
  prompts: [{ name: "bottomless", arguments: "@deep" }, { name: "prompt" }],
  resources: [{ uri: "deep://one", annotations: "@deep" }, { uri: "deep://two" }],
};

test.each([false, true])(
  "of a backend that speaks 2026-07-28: %p",
  async (modern) => {
    const backends = { deep: rawBackend({ ...offer, modern }), good: tiny("good") };
    await using gateway = await startGateway({ version: "1", backends });
    await using client = await connect(gateway.url);
    expect((await client.toolNames()).sort()).toEqual(["good", "tool"]);
    const { body } = await modernClient(`${gateway.url}/mcp`).send("server/discover");
    expect(body.result?.capabilities).toMatchObject({ extensions: { "vendor/fine": { setting: 1 } }, logging: {} });
    expect(JSON.stringify(body.result)).not.toContain("vendor/deep");
    for (const query of ["", "?details=true&filtered=true"]) {
      const response = await gateway.manage(`/capabilities${query}`);
      const { prompts, resources } = (await response.json()) as { prompts: unknown; resources: unknown };
      expect([response.status, prompts, resources]).toMatchObject([200, [{ name: "prompt" }], [{ uri: "deep://two" }]]);
    }
    for (const left of ["vendor/deep", "vendor/deeper", "vendor/deepest", "bottomless", "secret", "deep://one"])
      await gateway.logged(new RegExp(`left out[^\\n]*${left}[^\\n]*nested deeper`));
  },
  20_000,
);
