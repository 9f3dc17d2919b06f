// Gateways in front of several raw servers, and short words for what they offer and who answers.
import { connectClient, type Json, type TestClient } from "../fixtures/clients.ts";
import { listAll } from "../fixtures/conversation.ts";
import { type Gateway, startGateway } from "../fixtures/gateway.ts";
import { offering, type RawBackend } from "../fixtures/raw-backend.ts";

export const alpha = offering("alpha", {
  tools: ["alpha-tool", "common"],
  prompts: ["alpha-prompt", "common"],
  resources: ["test://alpha", "test://common"],
});
export const beta = offering("beta", {
  tools: ["common", "beta-tool"],
  prompts: ["common", "beta-prompt"],
  resources: ["test://common", "test://beta"],
});

/** Starts later than the other backends, but not so much later that the gateway gives it up. */
export function late({ command, args }: RawBackend): RawBackend {
  return { type: "stdio", command: "sh", args: ["-c", 'sleep 0.5; exec "$0" "$@"', command, ...args] };
}

export interface Opened extends AsyncDisposable {
  gateway: Gateway;
  client: TestClient;
}

export async function open(config: object, path = "/mcp"): Promise<Opened> {
  const gateway = await startGateway({ version: "1", ...config });
  const client = await connectTo(gateway, path);
  const close = async () => {
    await client[Symbol.asyncDispose]();
    await gateway.stop();
  };
  return { gateway, client, [Symbol.asyncDispose]: close };
}

export function connectTo({ url }: Gateway, path: string): Promise<TestClient> {
  const transport = path.startsWith("/sse") ? "sse" : "streamable-http";
  return connectClient("v1", { transport, url: url + path });
}

export const namesOf = async (client: TestClient, list: "tools" | "prompts") =>
  (await listAll(client, `${list}/list`, list)).map(({ name }) => name);

export const urisOf = async (client: TestClient) =>
  (await listAll(client, "resources/list", "resources")).map(({ uri }) => uri);

/** Which backend answers, and under which name it was asked. */
export async function served(client: TestClient, method: string, params: Json): Promise<unknown[]> {
  const { backend, received } = await client.request(method, params);
  const { name, uri } = received as Json;
  return [backend, name ?? uri];
}

export const calls = (client: TestClient, name: string) => served(client, "tools/call", { name });
