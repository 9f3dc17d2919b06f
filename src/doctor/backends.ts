// Has every backend connected once, and says of those that fail what to do.
import type { BackendStatus } from "../backend/status.ts";
import type { Config } from "../config/schema.ts";
import { offered } from "../observe/counted.ts";
import { type Finding, failed, ok } from "./finding.ts";

/** What an error says, and what helps. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/its working directory/, "make it, or mend cwd"],
  [/no such program|ENOENT/i, "install the program, or give its whole path as command"],
  [/\b401\b|unauthori[sz]ed|invalid.token/i, "give it credentials: headers, or auth"],
  [/\b403\b|forbidden/i, "its credentials do not suffice"],
  [/\b404\b/, "look at the path of its url"],
  [/refused|unable to connect|ECONN/i, "start it, or look at its url"],
  [/ENOTFOUND|getaddrinfo|DNS/i, "look at the name of the host in its url"],
  [/certificate|self.signed/i, "its certificate is not trusted: NODE_EXTRA_CA_CERTS names a file of further ones"],
  [/time|did not answer/i, "give it more time by timeouts.init, or run its command by hand"],
];

export interface Circumstances {
  /** Whether the gateway runs: then what has a port of its own cannot run a second time. */
  running: boolean;
  redact(text: string): string;
  /** Connects backends, tells what they print, and gives how they were then. */
  connect(config: Config, output: (backend: string, line: string) => void): Promise<BackendStatus[]>;
}

/** A finding for each backend, in configuration order but for those that are left alone. */
export async function checkBackends(config: Config, { running, redact, connect }: Circumstances): Promise<Finding[]> {
  const printed = new Map<string, string>();
  const all = Object.entries(config.backends);
  const busy = all.filter(([, one]) => running && one.enabled && one.type === "sse" && one.command !== undefined);
  const rest = Object.fromEntries(all.filter((one) => !busy.includes(one)));
  const tried = await connect({ ...config, backends: rest }, (backend, line) => printed.set(backend, line));
  return [
    ...tried.map((status) => findingOf(status, redact, printed.get(status.name))),
    ...busy.map(([name]) => ok("backend", `${name} is left to the gateway that runs: its port can be had once`)),
  ];
}

function findingOf(status: BackendStatus, redact: (text: string) => string, line: string | undefined): Finding {
  const { name, phase, capabilities, connectedAt, error } = status;
  if (phase === "disabled") return ok("backend", `${name} is switched off`);
  if (connectedAt) return ok("backend", `${name} answers: ${offered(capabilities)}`);
  const why = redact(error ?? "it did not answer");
  const said = line === undefined ? "" : `; it printed: ${redact(line)}`;
  const [, advice = "run its command by hand, or look at its url"] = ADVICE.find(([known]) => known.test(why)) ?? [];
  return failed("backend", `${name} cannot be connected: ${why}${said}`, advice);
}
