// Real servers from npm answer through the gateway exactly as they answer a client that is connected to them directly.
import { afterAll, beforeAll, describe, setDefaultTimeout } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Answer, type ConnectOptions, connectClient, everyCapability, type Target } from "../fixtures/clients.ts";
import type { Kind } from "../fixtures/full/start.ts";
import { root, startGateway } from "../fixtures/gateway.ts";
import { until } from "../fixtures/until.ts";
import { compareSides, type Side, type Way } from "./compare.ts";
import { type RealServer, realServers } from "./real-servers.ts";

setDefaultTimeout(60_000);

/** One running server, for a client and for the gateway. */
interface Running extends Disposable {
  target: Target;
  backend: object;
}

for (const server of realServers) {
  for (const kind of server.kinds)
    for (const sharing of ["shared", "session"] as const) describeServer(server, { kind, sharing });
}

function describeServer(server: RealServer, way: Way): void {
  const { kind, sharing } = way;
  describe(`${server.name}, ${kind}, ${sharing}`, () => {
    const opened = new AsyncDisposableStack();
    let direct: Side;
    let through: Side;
    beforeAll(async () => {
      const directories = [newDirectory(opened), newDirectory(opened)] as const;
      const near = opened.use(await start(server, kind, directories[0]));
      const far = opened.use(await start(server, kind, directories[1]));
      const backends = { [server.name]: { ...far.backend, sharing } };
      const gateway = opened.use(await startGateway({ version: "1", backends }));
      direct = await connectSide(near.target, directories[0], sharing);
      opened.use(direct.client);
      through = await connectSide({ transport: "streamable-http", url: `${gateway.url}/mcp` }, directories[1], sharing);
      opened.use(through.client);
      if (server.name === "everything") await Promise.all([direct, through].map(conditionalTools));
    });
    afterAll(() => opened.disposeAsync());
    const exchanges = server.exchanges.filter(({ where }) => where?.(way) ?? true);
    compareSides(() => ({ direct, gateway: through }), exchanges);
  });
}

function newDirectory(opened: AsyncDisposableStack): string {
  const directory = mkdtempSync(join(tmpdir(), "argus-real-"));
  opened.defer(() => rmSync(directory, { recursive: true }));
  return directory;
}

async function start(server: RealServer, kind: Kind, directory: string): Promise<Running> {
  const path = join(root, "node_modules", "@modelcontextprotocol", `server-${server.name}`, "dist", "index.js");
  if (kind !== "stdio") return await startServer(path, kind);
  const args = [path, ...server.args(directory)];
  const env = server.env?.(directory);
  return {
    target: { command: ["node", ...args], env },
    backend: { type: kind, command: "node", args, env },
    [Symbol.dispose]() {},
  };
}

async function startServer(path: string, transport: "sse" | "streamable-http"): Promise<Running> {
  const port = freePort();
  const mode = transport === "sse" ? "sse" : "streamableHttp";
  const env = { ...process.env, PORT: String(port) };
  const child = Bun.spawn(["node", path, mode], { env, stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  const url = `http://127.0.0.1:${port}/${transport === "sse" ? "sse" : "mcp"}`;
  await until("the server answers", () => fetch(url, { method: "OPTIONS" }).catch(() => undefined));
  return { target: { transport, url }, backend: { type: transport, url }, [Symbol.dispose]: () => child.kill() };
}

/** The server takes no 0 for a port of its own choice. */
function freePort(): number {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const { port = 0 } = server;
  void server.stop(true);
  return port;
}

/** A client that the server sees alike on both ways: a shared backend is told of no roots. */
async function connectSide(target: Target, directory: string, sharing: Way["sharing"]): Promise<Side> {
  const { roots, sampling, elicitation } = everyCapability;
  const capabilities = { sampling, elicitation, ...(sharing === "session" && { roots }) };
  const rootsAnswer: Answer = () => ({ roots: [{ uri: `file://${directory}`, name: "files" }] });
  const options: ConnectOptions = { capabilities, answers: { ...answers, "roots/list": rootsAnswer } };
  return { directory, client: await connectClient("v1", target, options) };
}

const answers: Record<string, Answer> = {
  "sampling/createMessage": () => ({ role: "assistant", content: { type: "text", text: "blue" }, model: "test" }),
  "elicitation/create": ({ mode }) =>
    mode === "url" ? { action: "accept" } : { action: "accept", content: { name: "Ada" } },
};

/** Waits until the server has registered the tools that depend on its client. */
async function conditionalTools({ client }: Side): Promise<void> {
  await until("the conditional tools are there", async () => {
    const { tools } = await client.request("tools/list");
    return (tools as { name: string }[]).some(({ name }) => name === "simulate-research-query");
  });
}
