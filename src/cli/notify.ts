// Keeps the service manager informed, where one started the server and wants to know: when it is ready, how it is, and that it stops.
import { describe } from "../errors.ts";
import type { Stage } from "../model.ts";
import type { Runtime } from "../runtime.ts";
import { type Environment, Notifier } from "./notifier.ts";

/** After these, another number of backends may be connected. */
const CHANGES: ReadonlySet<Stage> = new Set<Stage>([
  "backend_connected",
  "backend_disconnected",
  "backend_failed",
  "config_reloaded",
]);

/** Resolves when the runtime has ended. A service manager that cannot be told is warned of, and changes nothing else. */
export async function notify(
  runtime: Runtime,
  environment: Environment & { NOTIFY_SOCKET: string },
  warn: (message: string) => void,
): Promise<void> {
  const notifier = connect(environment, warn);
  if (!notifier) return;
  const send = (...lines: string[]) => {
    if (!notifier.send(...lines)) warn(`the service manager could not be told ${lines[0]}`);
  };
  runtime.bus.subscribe(({ stage }) => {
    if (stage === "shutdown") send("STOPPING=1", "STATUS=calls in flight are finishing");
    else if (CHANGES.has(stage) && !runtime.stopping) send(statusOf(runtime));
  });
  // A start that fails is told by the exit code.
  await runtime.ready.catch(() => runtime.ended);
  if (!runtime.stopping) send("READY=1", statusOf(runtime));
  await runtime.ended;
  notifier.stop();
}

function connect(environment: Environment & { NOTIFY_SOCKET: string }, warn: (message: string) => void) {
  try {
    return new Notifier(environment);
  } catch (error) {
    warn(describe(error));
    return undefined;
  }
}

/** What `systemctl status` shows. */
function statusOf(runtime: Runtime): string {
  const enabled = runtime.backends().filter(({ phase }) => phase !== "disabled");
  const connected = enabled.filter(({ connectedAt }) => connectedAt);
  return `STATUS=${connected.length} of ${enabled.length} backends connected`;
}
