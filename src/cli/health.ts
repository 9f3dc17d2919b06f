// argus-mcp health: asks a running server how it is. It needs no shell and no curl, so that it does for the HEALTHCHECK of an image that has neither.
import { type ArgsDef, defineCommand } from "citty";
import { reachDirectly } from "./direct.ts";
import { needsValue, refuseUnknown, UsageError } from "./usage.ts";

const args = {
  url: {
    type: "string",
    valueHint: "URL",
    description: "where the server is (default: as the configuration says, else http://127.0.0.1:9000)",
  },
} as const satisfies ArgsDef;

export const health = defineCommand({
  meta: { name: "health", description: "Ask a running server how it is" },
  args,
  async run({ args: given }) {
    refuseUnknown(given, args);
    const url = needsValue("url", given.url);
    console.log(lineOf(await ask(url === undefined ? await ownServer() : named(url))));
  },
});

interface Server {
  url: URL;
  /** It is on this machine: no proxy leads to it, and its certificate is for another name, if for any. */
  own: boolean;
}

/** What the endpoint answers. */
interface Health {
  status: "healthy" | "degraded" | "unhealthy";
  version: string;
  backends: { total: number; connected: number };
}

const PATH = "manage/v1/health";
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** In milliseconds; below the usual time-outs of whoever asks. */
const PATIENCE = 4_000;

function named(text: string): Server {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol))
    throw new UsageError(`--url is an address such as http://127.0.0.1:9000, not ${text}`);
  return { url: endpointOf(url), own: LOOPBACK.test(url.hostname) };
}

/** The path may be that of the endpoint already; before it there may be a proxy's. */
function endpointOf(url: URL): URL {
  const path = url.pathname.replace(/\/+$/, "");
  return new URL(path.endsWith(`/${PATH}`) ? path : `${path}/${PATH}`, url);
}

/** The server that the configuration of this place is for; where nothing is configured, it may be that of another folder. */
async function ownServer(): Promise<Server> {
  const { gatewayAddress, originOf } = await import("../config/address.ts");
  return { url: new URL(PATH, originOf(await gatewayAddress(undefined, process.env))), own: true };
}

/** Throws when there is no answer, or another one than an Argus MCP's. */
async function ask({ url, own }: Server): Promise<Health> {
  if (own) reachDirectly(url);
  const response = await fetch(url, {
    signal: AbortSignal.timeout(PATIENCE),
    redirect: "manual",
    // Nothing secret is sent, and who could answer in its place on this machine could do worse.
    tls: { rejectUnauthorized: !own },
  }).catch((error) => {
    throw new Error(`cannot reach ${url.origin}: ${reasonOf(error)}`);
  });
  const health: unknown = await response.json().catch(() => undefined);
  if (response.ok && isHealth(health)) return health;
  throw new Error(`${url.origin} answers, with ${response.status}, but not as Argus MCP does`);
}

function reasonOf({ code, name, message }: Error & { code?: string }): string {
  if (code === "ECONNREFUSED" || code === "ConnectionRefused")
    return "nothing listens there; start the server, or name its address with --url";
  if (name === "TimeoutError") return `no answer within ${PATIENCE / 1_000} s`;
  return message;
}

/** Whoever answers, what is printed of it is these words and numbers. */
function isHealth(value: unknown): value is Health {
  const { status, version, backends } = (value ?? {}) as Partial<Health>;
  return (
    ["healthy", "degraded", "unhealthy"].includes(String(status)) &&
    /^[\w.+-]{1,64}$/.test(String(version)) &&
    [backends?.total, backends?.connected].every(Number.isSafeInteger)
  );
}

/** Throws the line when it is no good news. */
function lineOf({ status, version, backends: { connected, total } }: Health): string {
  const line = `${status}: ${connected} of ${total} backends connected (argus-mcp ${version})`;
  if (status === "healthy" || status === "degraded") return line;
  throw new Error(line);
}
