// In which era a backend speaks: found out by asking, remembered with its date, and asked for again when it proves wrong.
import { GatewayError } from "../errors.ts";
import type { Clock, Era, Item, Message } from "../model.ts";
import { MODERN_VERSION } from "../protocol/version.ts";
import type { Connection, ConnectionHandlers } from "./connection.ts";
import { discover, ownEnvelope } from "./discover.ts";
import { Exchange, type Handshake } from "./exchange.ts";
import { initialize } from "./hello.ts";
import type { ModernConnection } from "./modern.ts";
import { OtherEra } from "./other-era.ts";
import type { Transport } from "./transport.ts";

/** What a backend is to be spoken to in: one era, or what it turns out to speak. */
export type Protocol = Era | "auto";

/** What was found counts so long, in milliseconds: a server that has learned the new era still speaks the old one. */
const FRESH = 24 * 60 * 60 * 1_000;

/** How long a server may keep silent before it is asked in the other era, in seconds, and at most what part of the time for all. */
const PATIENCE = 5;
const PART = 1 / 3;

export interface Opening {
  protocol: Protocol;
  /** Whether each era has a transport of its own; where one does for both, it is one process that is asked. */
  apart: boolean;
  /** Makes an unopened transport. */
  transport(era: Era): Promise<Transport>;
  handlers: ConnectionHandlers;
  /** The `initialize` request for a legacy server. */
  hello: Message;
  /** The gateway's own version. */
  version: string;
  /** Seconds for the handshake. */
  timeout: number;
  signal: AbortSignal;
}

export class Eras {
  #found: { readonly era: Era; readonly at: number } | undefined;
  #era: Era | undefined;

  constructor(private readonly clock: Clock) {}

  /** The era of the newest connection; nothing before the first one. */
  get era(): Era | undefined {
    return this.#era;
  }

  /** What was found is of no use any more: it is another backend that is asked from now on. */
  forget(): void {
    this.#found = undefined;
  }

  /** Opens a connection in the era that is asked for, or else in the one that the backend speaks. Throws GatewayError. */
  async open(opening: Opening): Promise<Connection> {
    const connection = await (opening.apart ? this.#apart(opening) : this.#together(opening));
    this.#era = isModern(connection.hello) ? "modern" : "legacy";
    this.#note(this.#era);
    return connection;
  }

  /** What was found before and was found again is no newer for that: nobody has asked for the other era. */
  #note(era: Era): void {
    if (this.#known !== era) this.#found = { era, at: this.clock.now() };
  }

  get #known(): Era | undefined {
    return this.#found && this.clock.now() - this.#found.at < FRESH ? this.#found.era : undefined;
  }

  /** The eras to try in turn; who was too slow in its first turn has another. */
  #turns({ protocol }: Opening): Era[] {
    if (protocol !== "auto") return [protocol];
    return this.#known === "legacy" ? ["legacy", "modern"] : ["modern", "legacy", "modern"];
  }

  async #apart(opening: Opening): Promise<Connection> {
    const turns = new Turns(this.#turns(opening));
    for (;;) {
      const { era, last } = turns.next();
      try {
        return await this.#connect(opening, era, this.#handshake(opening, era, !last));
      } catch (error) {
        turns.failed(error, !opening.signal.aborted && mayBeOther(error, era));
      }
    }
  }

  async #together(opening: Opening): Promise<Connection> {
    const turns = this.#turns(opening);
    let asked: Era | undefined;
    const handshake = this.#inTurn(opening, turns, (era) => {
      asked = era;
    });
    try {
      return await this.#connect(opening, "legacy", handshake);
    } catch (error) {
      const ended = asked === "modern" && !this.#found && turns.length > 1 && !opening.signal.aborted;
      if (!ended || (error as GatewayError).code !== "unavailable") throw error;
      // There are legacy servers that end at any request before `initialize`.
      this.#note("legacy");
      return this.#connect(opening, "legacy", initialize(opening.hello));
    }
  }

  /** Asks one process in one era after the other. */
  #inTurn(opening: Opening, order: Era[], asking: (era: Era) => void): Handshake {
    return async (ask, timeout) => {
      const turns = new Turns(order);
      let left = timeout;
      for (;;) {
        const { era, last } = turns.next();
        asking(era);
        try {
          return await this.#handshake(opening, era, !last)(ask, left);
        } catch (error) {
          const late = era === "modern" && isLate(error);
          if (late) left -= patienceOf(left);
          turns.failed(error, late || error instanceof OtherEra);
        }
      }
    };
  }

  /** The handshake of an era; what only finds out whether that is the one has less time. */
  #handshake({ hello, version }: Opening, era: Era, probes: boolean): Handshake {
    if (era === "legacy") return initialize(hello);
    const handshake = discover(ownEnvelope(version));
    return probes ? (ask, timeout) => handshake(ask, patienceOf(timeout)) : handshake;
  }

  async #connect(opening: Opening, era: Era, handshake: Handshake): Promise<Connection> {
    const { clock } = this;
    let modern: ModernConnection | undefined;
    const handlers: ConnectionHandlers = {
      ...opening.handlers,
      notify: (message, caller) => (modern ? modern.take(message, caller) : opening.handlers.notify(message, caller)),
    };
    const transport = await opening.transport(era);
    const exchange = await Exchange.open({ ...opening, handlers, transport, clock, handshake });
    if (!isModern(exchange.hello)) return exchange;
    const { ModernConnection } = await import("./modern.ts");
    const own = ownEnvelope(opening.version);
    modern = new ModernConnection(exchange, { own, clock, handlers: opening.handlers, headed: opening.apart });
    return modern;
  }
}

/** The eras that are tried for one connection. */
class Turns {
  #turn = -1;
  #failure: unknown;
  #late = false;

  constructor(private readonly eras: readonly Era[]) {}

  next(): { era: Era; last: boolean } {
    this.#turn++;
    return { era: this.eras[this.#turn] ?? "legacy", last: this.#turn === this.eras.length - 1 };
  }

  /** Throws what has failed, unless another turn may do better. */
  failed(error: unknown, mayBeOther: boolean): void {
    // That a legacy server does not speak the modern era is no news.
    if (this.eras[this.#turn] === "legacy" || !this.#failure) this.#failure = error;
    this.#late ||= isLate(error);
    const left = this.#turn < this.eras.length - 1 && (this.#turn === 0 || this.#late);
    if (!left || !mayBeOther) throw this.#failure;
  }
}

function patienceOf(timeout: number): number {
  return Math.min(PATIENCE, timeout * PART);
}

function isModern({ body }: Item): boolean {
  return body.protocolVersion === MODERN_VERSION;
}

function isLate(error: unknown): boolean {
  return error instanceof GatewayError && error.code === "timeout";
}

/** Whether a server that has failed like this in one era may answer in the other: it was reached, and did not want credentials. */
function mayBeOther(error: unknown, era: Era): boolean {
  if (isLate(error)) return era === "modern";
  return error instanceof OtherEra || (error instanceof GatewayError && error.code === "unavailable");
}
