// How messages travel to one backend: the interface of the three transports.
import type { GatewayError } from "../errors.ts";
import type { Credentials } from "./credentials.ts";

/** Bytes of messages; transports count them, since there they are bytes already. */
export interface Traffic {
  received: number;
  sent: number;
}

/** What the headers of a request say about it (2026-07-28, Transports, Standard Request Headers). */
export type Head = Readonly<Record<string, string>>;

/** What a backend gives its transports. */
export interface TransportMeans {
  /** Receives what a process prints beside messages. */
  output(line: string): void;
  credentials?: Credentials | undefined;
  traffic: Traffic;
}

export interface TransportEvents {
  /** A message (or batch) arrived; `request` is the id of our request on whose response stream it came, where streams differ. */
  message(text: string, request?: number): void;
  /** This request can have no answer any more. */
  failed(request: number, error: GatewayError): void;
  /** Whether this request still waits for its answer. */
  waits(request: number): boolean;
  /** The link is gone, with all that was on its way. */
  closed(error: GatewayError): void;
}

export interface Transport {
  /** The process that serves it, where the gateway started one. */
  readonly pid?: number;
  /** Resolves when messages can be sent. Throws GatewayError. */
  open(events: TransportEvents): Promise<void>;
  /** Sends one message, a line of JSON; `request` is its id when it is a request, and `head` is for those that have headers. */
  send(text: string, request?: number, head?: Head): void;
  /** Nobody waits for this answer any more: how a backend hears of it where that takes no message. */
  abandon?(request: number): void;
  /** The handshake is done: the version to speak from here on. */
  negotiated?(version: string): void;
  /** Ends the link and what was started for it; no event follows. */
  close(): Promise<void>;
}

/** The largest message that a backend may send, in bytes. */
export const MESSAGE_LIMIT = 64 * 1024 * 1024;
