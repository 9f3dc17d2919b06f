// What a URI may be taken for, and that to find out costs little whatever a client sends.
import { describe, expect, test } from "bun:test";
import { GatewayError } from "../../../src/errors.ts";
import { buildSnapshot, Gateway } from "../../../src/gateway/gateway.ts";
import type { Message, Sharing, Upstream } from "../../../src/model.ts";
import { policyOf } from "../../../src/policy/rbac.ts";
import { parse, request, resultMessage } from "../../../src/protocol/message.ts";
import { authorization } from "../policy/policies.ts";
import { callerOf, type Offered, session, sourceOf, upstream } from "./stand-ins.ts";

/** A backend that knows every URI. */
function serving(name: string, offered: Offered = {}): Upstream {
  const hello = { capabilities: { resources: {} } };
  return upstream(name, { hello, ...offered }, { request: async () => resultMessage({}) });
}

function gatewayWith(backends: readonly Upstream[], policy?: ReturnType<typeof policyOf>): Gateway {
  const gateway = new Gateway();
  const rules = { strategy: "first-wins", separator: "_", order: [] } as const;
  gateway.swap(buildSnapshot(backends.map(sourceOf), rules, { policy }));
  return gateway;
}

const client = callerOf(session("one"));
const ask = (gateway: Gateway, method: string, uri: string): Promise<Message> =>
  gateway.request({ message: request(1, method, { uri }), caller: client });

test.each(["file:///passwd?.md", "file:///passwd%3f.md", "file:///passwd?#.md"])(
  "%s is denied where only file:///*.md is allowed, for many servers look at the path alone",
  async (uri) => {
    const policy = policyOf(authorization([{ effect: "allow", resources: ["resource:file:///*.md"] }]));
    const gateway = gatewayWith([serving("files")], policy);
    await expect(ask(gateway, "resources/read", uri)).rejects.toThrow("Resource not found");
    await ask(gateway, "resources/read", "file:///notes.md?x=1.md");
  },
);

const denials = Array.from({ length: 10 }, () => ({ effect: "deny" as const, resources: ["resource:*b"] }));

test.each([
  ["", undefined],
  [" and no glob", policyOf(authorization(denials, "allow"))],
])("a URI of a million characters is held against no template%s", async (_, policy) => {
  const resourceTemplates = Array.from({ length: 10 }, (_, index) => ({ uriTemplate: `file:///{+path}/${index}` }));
  const gateway = gatewayWith([serving("files", { resourceTemplates })], policy);
  const cost = async (length: number) => {
    const before = process.cpuUsage();
    await ask(gateway, "resources/read", `file:///${"a".repeat(length)}`).catch(() => undefined);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  await cost(10_000);
  expect((await cost(1_000_000)) / (await cost(10_000))).toBeLessThan(10);
});

describe("a URI that nobody lists, of which the one backend that may have it is away,", () => {
  const uri = "note://1";
  const refusal = parse('{"jsonrpc":"2.0","id":0,"error":{"code":-32002,"message":"no such note"}}');
  const hello = { capabilities: { resources: {} } };
  const backend = (name: string, answer: () => Promise<Message>) => upstream(name, { hello }, { request: answer });
  const away = () => Promise.reject(new GatewayError("timeout", 'backend "away" did not answer within 1 s'));
  const backends = [backend("away", away), backend("here", async () => refusal)];

  test("is not said not to be there", async () => {
    await expect(ask(gatewayWith(backends), "resources/read", uri)).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining('backend "away" did not answer'),
    });
  });

  test("is found where another one has it", async () => {
    const gateway = gatewayWith([...backends, backend("other", async () => resultMessage({ contents: [] }))]);
    expect((await ask(gateway, "resources/read", uri)).body.result).toEqual({ contents: [] });
  });

  test("is not told apart from what is denied", async () => {
    const policy = policyOf(authorization([{ effect: "deny", resources: ["resource:hidden"] }], "allow"));
    await expect(ask(gatewayWith(backends, policy), "resources/read", uri)).rejects.toMatchObject({
      code: "unknown_resource",
    });
  });
});

describe("unsubscribing from what nobody lists", () => {
  const uri = "note://1";
  const refusal = parse('{"jsonrpc":"2.0","id":0,"error":{"code":-32602,"message":"no such note"}}');

  /** Two backends, of which only the second has the resource, and what they were asked. */
  function notes(sharing: Sharing) {
    const asked: string[] = [];
    const backend = (name: string, has: boolean) =>
      upstream(
        name,
        { hello: { capabilities: { resources: { subscribe: true } } } },
        {
          sharing,
          request: async ({ message: { body } }) => {
            asked.push(`${name} ${body.method}`);
            return has ? resultMessage({}) : refusal;
          },
        },
      );
    return { asked, gateway: gatewayWith([backend("first", false), backend("second", true)]) };
  }

  test.each(["shared", "session"] as const)(
    "reaches the backend that was subscribed to, sharing %s",
    async (sharing) => {
      const { asked, gateway } = notes(sharing);
      await ask(gateway, "resources/subscribe", uri);
      await ask(gateway, "resources/unsubscribe", uri);
      expect(asked).toContain("second resources/unsubscribe");
    },
  );
});
