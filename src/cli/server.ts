// argus-mcp server: runs the gateway until it is told to stop.
import { resolve } from "node:path";
import { type ArgsDef, defineCommand, type ParsedArgs } from "citty";
import { findConfig } from "../config/find.ts";
import { type LoadOptions, loadConfig } from "../config/load.ts";
import { type Config, LOG_LEVELS } from "../config/schema.ts";
import type { FoundSecrets } from "../config/secrets.ts";
import type { Counts } from "../model.ts";
import { createLog, harmless, type Log } from "../observe/log.ts";
import { LogFile } from "../observe/log-file.ts";
import { createRedactor, type Redactor, redactError } from "../observe/redact.ts";
import { secretsIn } from "../observe/sensitive.ts";
import { Runtime, type RuntimeOptions } from "../runtime.ts";
import { VERSION } from "../version.ts";
import { firstSignal } from "./signals.ts";
import { StartScreen, type Summary } from "./start-screen.ts";
import { findTerminal, printError, writeError } from "./stderr.ts";
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
  explain: {
    type: "string",
    valueHint: "ROLE",
    description: "with --check: connect the backends, and print what a role may see and which policy decides",
  },
  lock: {
    type: "boolean",
    description: "with --check: connect the backends, and fail where argus.lock says otherwise",
  },
  "update-lock": { type: "boolean", description: "connect the backends, write their tools to argus.lock, and exit" },
} as const satisfies ArgsDef;

export const server = defineCommand({
  meta: { name: "server", description: "Run the gateway" },
  args,
  async run({ args: given }) {
    refuseUnknown(given, args);
    const redactor = createRedactor(secretsIn(process.env));
    await run(given, redactor).catch((error) => {
      throw redactError(error, redactor);
    });
  },
});

async function run(given: ParsedArgs<typeof args>, redactor: Redactor): Promise<void> {
  const flags = flagsOf(given);
  const role = needsValue("explain", given.explain);
  const update = given["update-lock"];
  mustFit({ check: given.check, lock: given.lock, explain: role !== undefined, update });
  const file = await findConfig(needsValue("config", given.config), process.env);
  const options: LoadOptions = {
    find: (names, where) => findSecrets(names, where, redactor),
    learn: (values) => redactor.learn(secretsIn(values)),
    locked: !given.lock && !update,
  };
  const load = async () => withFlags(await loadConfig(file, process.env, options), flags);
  const config = await load();
  if (update || given.lock) await useLock(config, file, update ? "updateLock" : "checkLock", redactor);
  else if (role !== undefined) await printExplanation(config, role, redactor);
  else if (given.check) printPlan(config, file, redactor);
  else await serve(config, { file: resolve(file), load }, redactor);
}

type Mode = "check" | "lock" | "explain" | "update";

/** Throws UsageError where one flag makes no sense with, or without, another. */
function mustFit({ check, lock, explain, update }: Readonly<Record<Mode, boolean | undefined>>): void {
  if (explain && !check) throw new UsageError("--explain goes with --check");
  if (lock && !check) throw new UsageError("--lock goes with --check; --update-lock writes it");
  if (explain && lock) throw new UsageError("--explain and --lock are two questions: ask one of them");
  if (update && check) throw new UsageError("--update-lock stands alone: --check --lock would find nothing");
}

interface Flags {
  host: string | undefined;
  port: number | undefined;
  level: Config["server"]["log_level"] | undefined;
}

/** Throws UsageError. */
function flagsOf(given: ParsedArgs<typeof args>): Flags {
  const port = needsValue("port", given.port);
  if (port !== undefined && !(/^\d+$/.test(port) && Number(port) <= 65_535))
    throw new UsageError(`--port is a number from 0 to 65535, not ${port}`);
  const name = needsValue("log-level", given["log-level"]);
  const level = LOG_LEVELS.find((known) => known === name);
  if (name !== undefined && !level) throw new UsageError(`--log-level is one of ${LOG_LEVELS.join(", ")}, not ${name}`);
  return { host: needsValue("host", given.host), port: port === undefined ? undefined : Number(port), level };
}

/** A flag that is given wins over the file. */
function withFlags(config: Config, { host, port, level }: Flags): Config {
  const { server } = config;
  return {
    ...config,
    server: {
      ...server,
      host: host ?? server.host,
      port: port ?? server.port,
      log_level: level ?? server.log_level,
    },
  };
}

/** One line a capability; for that, the backends are connected once. */
async function printExplanation(config: Config, role: string, { redact }: Redactor): Promise<void> {
  const { explainConfig } = await import("./explain.ts");
  for (const line of await explainConfig(config, role, (text) => writeError(redact(text)))) console.log(redact(line));
}

/** One line a backend for what was written, or one for each difference; for both, the backends are connected once. */
async function useLock(
  config: Config,
  file: string,
  use: "updateLock" | "checkLock",
  { redact }: Redactor,
): Promise<void> {
  const lock = await import("./lock.ts");
  await lock[use](config, file, { print: (line) => console.log(redact(line)), redact });
}

/** One line a backend: name, type, group, sharing, and what it runs or where it is; disabled ones say so. */
function printPlan({ backends }: Config, file: string, { redact }: Redactor): void {
  if (Object.keys(backends).length === 0) printError(`${file} is valid, and has no backends`);
  for (const [name, backend] of Object.entries(backends)) {
    const { type, group, sharing, enabled } = backend;
    const where = type === "stdio" ? [backend.command, ...backend.args].join(" ") : backend.url;
    console.log([name, type, group, sharing, enabled ? redact(where) : "disabled"].map(harmless).join("\t"));
  }
}

async function serve(config: Config, source: RuntimeOptions["source"], redactor: Redactor): Promise<void> {
  const terminal = await findTerminal(process.env);
  const screen = new StartScreen({ version: VERSION, terminal, write: writeError });
  const logFile = new LogFile(resolve(process.env.ARGUS_LOG_DIR || "logs"), (entry) => screen.note(entry));
  const log = createLog(config.server.log_level, (entry) => logFile.write(entry), redactor);
  const signal = firstSignal(terminal !== undefined);
  const token = process.env.ARGUS_MGMT_TOKEN;
  const print = (line: string) => screen.note({ level: "info", text: line, line });
  const runtime = new Runtime({ config, source, token, version: VERSION, log, redactor, print });
  runtime.bus.subscribe((event) => {
    // The screen first: what it shows itself it does not show again as a line of the log.
    screen.tell(event);
    log.write(event.severity, event.message, event.backend);
  });
  // The last net: no backend's or client's message may end the gateway, whatever it brings to light.
  process.on("unhandledRejection", (error) =>
    log.write("error", `internal error: ${(error as Error)?.stack ?? error}`),
  );
  process.on("uncaughtException", (error) => log.write("error", `internal error: ${error.stack ?? error}`));
  void signal.then(() => runtime.stop());
  void tellServiceManager(runtime, log);
  screen.listening(
    runtime.address().streamableHttpUrl,
    enabledOf(runtime).map(({ name }) => name),
  );
  const tried = runtime.ready.then(async () => {
    const log = await logFile.opened;
    if (!runtime.stopping) screen.end(summaryOf(runtime, source.file, log));
  });
  try {
    await Promise.race([tried, runtime.ended]);
  } catch (error) {
    await runtime.stop();
    await logFile.stop();
    throw error;
  }
  await runtime.ended;
  await logFile.stop();
  process.exit(0);
}

/** What sends the datagrams is loaded by those that a service manager runs. */
async function tellServiceManager(runtime: Runtime, log: Log): Promise<void> {
  const { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID } = process.env;
  if (!NOTIFY_SOCKET) return;
  const { notify } = await import("./notify.ts");
  await notify(runtime, { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID }, (message) => log.write("warning", message));
}

function enabledOf(runtime: Runtime) {
  return runtime.backends().filter(({ phase }) => phase !== "disabled");
}

function summaryOf(runtime: Runtime, file: string, log = "stderr"): Summary {
  const { streamableHttpUrl: url, sseUrl } = runtime.address();
  const { transport, management } = runtime.config.server;
  const places: [string, string][] = [
    ["Streamable HTTP", url],
    ["HTTP+SSE", sseUrl],
  ];
  if (transport === "sse") places.reverse();
  if (management.enabled) places.push(["management API", new URL("/manage/v1/docs", url).href]);
  places.push(["configuration", file], ["log", log]);
  const enabled = enabledOf(runtime);
  const connected = enabled.filter(({ connectedAt }) => connectedAt);
  const count = (kind: keyof Counts) => connected.reduce((sum, { capabilities }) => sum + capabilities[kind], 0);
  const counts = { tools: count("tools"), resources: count("resources"), prompts: count("prompts") };
  return { places, url, counts, connected: connected.length, total: enabled.length };
}

/** The stores are loaded by those who have secrets. */
async function findSecrets(
  names: readonly string[],
  where: Config["secrets"],
  redactor: Redactor,
): Promise<FoundSecrets> {
  const { findSecrets } = await import("../secrets/resolve.ts");
  const found = await findSecrets(names, where, process.env);
  redactor.learn(found.values.values());
  return found;
}
