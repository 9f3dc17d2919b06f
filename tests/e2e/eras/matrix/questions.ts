// The matrix: what servers want to know of the client in the middle of a call.
import { expect } from "bun:test";
import { answering, told } from "../../../fixtures/conversation.ts";
import { form, question } from "../../../fixtures/full/ask-tools.ts";
import type { Run } from "./era.ts";

export const questions = {
  async elicit({ client }) {
    const decision = { action: "accept", content: { name: "Ada", colours: ["r"] } };
    const asked = answering(client, "elicitation/create", decision);
    expect(told(await client.sdk.callTool({ name: "elicit" }))).toEqual(decision);
    expect(asked).toEqual([{ mode: "form", ...form }]);
    const sent = answering(client, "elicitation/create", { action: "decline" });
    expect(told(await client.sdk.callTool({ name: "elicit-url" }))).toEqual({ action: "decline" });
    const url = expect.stringContaining("https://example.com/sign-in");
    expect(sent).toMatchObject([{ mode: "url", message: "Please sign in.", url }]);
  },

  async sample({ client }) {
    const answer = { role: "assistant", content: { type: "text", text: "blue" }, model: "test", stopReason: "endTurn" };
    const asked = answering(client, "sampling/createMessage", answer);
    expect(told(await client.sdk.callTool({ name: "sample" }))).toEqual(answer);
    expect(asked).toEqual([question]);
  },

  async roots({ client, backend }) {
    // A server that was not told of roots does not ask for them; this one would.
    if (backend.startsWith("legacy")) expect(told(await client.call("session"))).toHaveProperty("capabilities.roots");
    const roots = [{ uri: "file:///home/ada", name: "Home" }];
    const asked = answering(client, "roots/list", { roots });
    expect(told(await client.sdk.callTool({ name: "roots" }))).toEqual({ roots });
    expect(asked).toHaveLength(1);
  },
} satisfies Record<string, Run>;
