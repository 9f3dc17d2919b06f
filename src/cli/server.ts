// argus-mcp server: runs the gateway until it is told to stop.
import { type ArgsDef, defineCommand } from "citty";
import { findConfig, loadConfig } from "../config/load.ts";
import { type Config, LOG_LEVELS } from "../config/schema.ts";
import { createLog, type LogLevel } from "../observe/log.ts";
import { type Runtime, start } from "../runtime.ts";
import { VERSION } from "../version.ts";
import { printError } from "./stderr.ts";
import { needsValue, refuseUnknown, UsageError } from "./usage.ts";

const args = {
  host: { type: "string", valueHint: "ADDRESS", description: "the address to listen on (default 127.0.0.1)" },
  port: { type: "string", valueHint: "PORT", description: "the port; 0 takes a free one and prints it (default 9000)" },
  "log-level": { type: "string", valueHint: "LEVEL", description: `${LOG_LEVELS.join(", ")} (default info)` },
  config: {
    type: "string",
    alias: "c",
    valueHint: "PATH",
    description: "the configuration file (default: $ARGUS_CONFIG, config.yaml, config.yml)",
  },
  check: { type: "boolean", description: "load and check the configuration, print what would run, and exit" },
} as const satisfies ArgsDef;

export const server = defineCommand({
  meta: { name: "server", description: "Run the gateway" },
  args,
  async run({ args: given }) {
    refuseUnknown(given, args);
    const file = await findConfig(needsValue("config", given.config), process.env);
    const config = withFlags(await loadConfig(file, process.env), {
      host: needsValue("host", given.host),
      port: needsValue("port", given.port),
      logLevel: needsValue("log-level", given["log-level"]),
    });
    if (given.check) printPlan(config);
    else await serve(config);
  },
});

interface Flags {
  host: string | undefined;
  port: string | undefined;
  logLevel: string | undefined;
}

/** A flag that is given wins over the file. */
function withFlags(config: Config, { host, port, logLevel }: Flags): Config {
  const level = LOG_LEVELS.find((known) => known === logLevel);
  if (logLevel !== undefined && !level)
    throw new UsageError(`--log-level is one of ${LOG_LEVELS.join(", ")}, not ${logLevel}`);
  if (port !== undefined && !(/^\d+$/.test(port) && Number(port) <= 65_535)) {
    throw new UsageError(`--port is a number from 0 to 65535, not ${port}`);
  }
  const { server } = config;
  return {
    ...config,
    server: {
      ...server,
      host: host ?? server.host,
      port: port === undefined ? server.port : Number(port),
      log_level: level ?? server.log_level,
    },
  };
}

/** One line a backend: name, type, group, sharing, and what it runs or where it is; disabled ones say so. */
function printPlan({ backends }: Config): void {
  for (const [name, backend] of Object.entries(backends)) {
    const { type, group, sharing, enabled } = backend;
    const where = type === "stdio" ? [backend.command, ...backend.args].join(" ") : backend.url;
    console.log([name, type, group, sharing, enabled ? where : "disabled"].join("\t"));
  }
}

async function serve(config: Config): Promise<void> {
  const level: LogLevel = config.server.log_level;
  const log = createLog(level, printError);
  const runtime = start({ config, version: VERSION, log });
  // The last net: no backend's or client's message may end the gateway, whatever it brings to light.
  process.on("unhandledRejection", (error) =>
    log.write("error", `internal error: ${(error as Error)?.stack ?? error}`),
  );
  process.on("uncaughtException", (error) => log.write("error", `internal error: ${error.stack ?? error}`));
  const stopped = firstSignal();
  for (const line of addresses(runtime, config)) printError(line);
  try {
    await Promise.race([announce(runtime), stopped]);
    await stopped;
  } finally {
    await runtime.stop();
  }
  process.exit(0);
}

async function announce(runtime: Runtime): Promise<void> {
  await runtime.ready;
  const { total, connected } = runtime.backends();
  printError(`ready: ${connected} of ${total} backends connected`);
}

function addresses({ host, port }: Runtime, { server }: Config): string[] {
  const name = ["0.0.0.0", "::"].includes(host) ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  const base = `http://${name}:${port}`;
  const urls = [`${base}/mcp  (Streamable HTTP)`, `${base}/sse  (HTTP+SSE)`];
  if (server.transport === "sse") urls.reverse();
  return [
    `argus-mcp ${VERSION} is listening`,
    ...urls.map((url) => `  ${url}`),
    "connect a client, for example",
    `  claude mcp add --transport http argus ${base}/mcp`,
    `  or in its configuration: { "mcpServers": { "argus": { "url": "${base}/mcp" } } }`,
  ];
}

/** Resolves at the first SIGINT, SIGTERM or SIGHUP (a closed terminal); a second one ends the program at once. */
function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    const codes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
    let stopping = false;
    for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        if (stopping) process.exit(codes[signal]);
        stopping = true;
        resolve();
      });
    }
  });
}
