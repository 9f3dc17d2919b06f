// argus-mcp doctor: looks at everything that a gateway needs, and says what to do about what is wrong.
import { type ArgsDef, defineCommand } from "citty";
import { type Circumstances, checkBackends } from "../doctor/backends.ts";
import { checkClients } from "../doctor/clients.ts";
import { loadConfiguration } from "../doctor/configuration.ts";
import { type Finding, type State, warning } from "../doctor/finding.ts";
import { checkPlaces, checkPort, checkPrograms, findServer } from "../doctor/surroundings.ts";
import { harmless } from "../observe/log.ts";
import { createRedactor, type Redactor } from "../observe/redact.ts";
import { secretsIn } from "../observe/sensitive.ts";
import { connectOnce } from "./connect-once.ts";
import { reachDirectly } from "./direct.ts";
import { gatewayArgs } from "./gateway-flags.ts";
import { gatewayUrl } from "./gateway-url.ts";
import { needsValue, refuseUnknown } from "./usage.ts";

const args = {
  config: gatewayArgs.config,
  json: { type: "boolean", description: "print the findings as JSON" },
} as const satisfies ArgsDef;

export const doctor = defineCommand({
  meta: { name: "doctor", description: "Check the configuration, the machine, the backends and the clients" },
  args,
  async run({ args: given }) {
    refuseUnknown(given, args);
    const redactor = createRedactor(secretsIn(process.env));
    const config = needsValue("config", given.config);
    const findings: Finding[] = [];
    for await (const finding of examine(config, redactor)) {
      findings.push(finding);
      if (!given.json) await Bun.write(Bun.stdout, `${lineOf(finding)}\n`);
    }
    if (given.json) await Bun.write(Bun.stdout, `${JSON.stringify(findings)}\n`);
    const count = (state: State) => findings.filter((finding) => finding.state === state).length;
    if (count("failed") > 0) throw new Error(`failed: ${count("failed")}, warnings: ${count("warning")}`);
  },
});

/** All findings, as they are made: connecting the backends takes longest. */
async function* examine(file: string | undefined, redactor: Redactor): AsyncGenerator<Finding> {
  const clean = (finding: Finding): Finding => redactor.redactValue(finding);
  const { findings, config, complete } = await loadConfiguration(file, redactor);
  for (const finding of findings) yield clean(finding);
  const url = await gatewayUrl({ url: undefined, config: file }, process.env).catch(() => undefined);
  if (config) {
    for (const finding of [...checkPrograms(config), ...checkPlaces(config)]) yield clean(finding);
    reachDirectly(url);
    const server = url && (await findServer(url));
    if (url) yield clean(server ?? checkPort(url, config));
    const circumstances = { running: server !== undefined, redact: redactor.redact, connect };
    if (complete) for (const finding of await checkBackends(config, circumstances)) yield clean(finding);
    else yield warning("backend", "no backend was connected, since secrets are missing", "see above");
  }
  if (url) for (const finding of checkClients(url)) yield clean(finding);
}

const connect: Circumstances["connect"] = (config, output) =>
  connectOnce(config, (backends) => backends.status(), output);

const SYMBOLS: Record<State, string> = { ok: "✔", warning: "▲", failed: "✖" };

/** Parameters of "Select Graphic Rendition" (ECMA-48). */
const COLOURS: Record<State, number> = { ok: 32, warning: 33, failed: 31 };

function lineOf({ state, area, message, advice }: Finding): string {
  const colours = process.stdout.isTTY && !process.env.NO_COLOR;
  const mark = `${SYMBOLS[state]} ${state.padEnd(7)}`;
  const painted = colours ? `\u001b[${COLOURS[state]}m${mark}\u001b[39m` : mark;
  return `${painted}  ${area.padEnd(13)}  ${harmless(message)}${advice === undefined ? "" : ` → ${advice}`}`;
}
