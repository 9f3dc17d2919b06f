// Tells a service manager how the server is, by datagrams to the socket that NOTIFY_SOCKET names (sd_notify(3)).
import { dlopen } from "bun:ffi";
import { describe, GatewayError } from "../errors.ts";

export interface Environment {
  /** A path, or `@` and a name in the abstract name space. */
  NOTIFY_SOCKET?: string | undefined;
  /** How long the service manager waits for a sign of life, in microseconds. */
  WATCHDOG_USEC?: string | undefined;
  /** Whose signs of life count; this process's where there is none. */
  WATCHDOG_PID?: string | undefined;
}

/** linux/socket.h */
const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_NOSIGNAL = 0x4000;

/** unix(7): what a `sockaddr_un` has room for. */
const LONGEST_PATH = 108;

/** Bun has no datagram sockets of this family; every libc has these, musl under this name, too. */
const LIBC = "libc.so.6";

const FUNCTIONS = {
  socket: { args: ["int", "int", "int"], returns: "int" },
  sendto: { args: ["int", "ptr", "usize", "int", "ptr", "u32"], returns: "i64" },
  close: { args: ["int"], returns: "int" },
} as const;

/** The line to a service manager. It carries what `sd_notify` does: `READY=1`, `STATUS=…`, a line each. */
export class Notifier {
  readonly #libc = open();
  readonly #socket: number;
  readonly #address: Uint8Array;
  readonly #watchdog: Timer | undefined;

  /** Shows signs of life from now on, if those are waited for. Throws GatewayError `config` when the name is none of a socket, or there can be no socket. */
  constructor(environment: Environment & { NOTIFY_SOCKET: string }) {
    this.#address = addressOf(environment.NOTIFY_SOCKET);
    this.#socket = this.#libc.symbols.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (this.#socket < 0) throw new GatewayError("config", "NOTIFY_SOCKET: no socket can be opened");
    const wait = watchdogOf(environment);
    // Twice as often as needed, as sd_watchdog_enabled(3) has it: one sign may come late.
    if (wait !== undefined) this.#watchdog = setInterval(() => this.send("WATCHDOG=1"), wait / 2);
  }

  /** Sends; whether it was taken. */
  send(...lines: string[]): boolean {
    const text = new TextEncoder().encode(lines.join("\n"));
    const { sendto } = this.#libc.symbols;
    const sent = sendto(this.#socket, text, text.length, MSG_NOSIGNAL, this.#address, this.#address.length);
    return Number(sent) === text.length;
  }

  stop(): void {
    clearInterval(this.#watchdog);
    this.#libc.symbols.close(this.#socket);
    this.#libc.close();
  }
}

function open() {
  try {
    return dlopen(LIBC, FUNCTIONS);
  } catch (error) {
    throw new GatewayError("config", `NOTIFY_SOCKET: ${describe(error)}`);
  }
}

/** A `sockaddr_un`: the family, and the path, or a zero byte and the abstract name. */
function addressOf(name: string): Uint8Array {
  const path = Buffer.from(name);
  if (!/^[/@]./.test(name) || path.length > LONGEST_PATH)
    throw new GatewayError("config", `NOTIFY_SOCKET: ${name} is neither a path nor an abstract name of a socket`);
  if (name.startsWith("@")) path[0] = 0;
  const family = Buffer.from(new Uint16Array([AF_UNIX]).buffer);
  return Buffer.concat([family, path]);
}

/** How long may pass between two signs of life, in milliseconds, if they are waited for. */
function watchdogOf({ WATCHDOG_USEC: wait, WATCHDOG_PID: pid }: Environment): number | undefined {
  if (!wait || !(Number(wait) > 0) || (pid && Number(pid) !== process.pid)) return undefined;
  return Number(wait) / 1_000;
}
