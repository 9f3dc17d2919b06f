// What a live MCP link to a backend can do for those who use it, whatever era it speaks.
import type { GatewayError } from "../errors.ts";
import type { AskOptions, Caller, Cancellation, Item, JsonObject, Message } from "../model.ts";
import type { Edits } from "../protocol/json.ts";
import type { Head } from "./transport.ts";

/** What a connection passes on; `caller` is known where the transport tells response streams apart. */
export interface ConnectionHandlers {
  ask(message: Message, caller: Caller | undefined, options: AskOptions): Promise<Message>;
  notify(message: Message, caller: Caller | undefined): void;
  /** What came in place of a message: most often a program prints where it must not. */
  noise(text: string): void;
  /** The backend tells no more of the tasks that it had agreed to tell of. */
  unheard(): void;
  closed(error: GatewayError): void;
  /** The link is over, for whatever reason; resolves when its process, if any, and all that it started are gone. */
  ending(gone: Promise<void>): void;
}

export interface RequestOptions {
  caller?: Caller;
  edits?: Edits;
  signal?: Cancellation;
  /** Seconds; 0 for none. */
  timeout?: number;
  head?: Head | undefined;
  /** Hears the id of this hop. */
  started?: (id: number) => void;
}

export interface Connection {
  /** The process that serves it, where the gateway started one. */
  readonly pid: number | undefined;
  /** What the backend said of itself, as an `initialize` result. */
  readonly hello: Item;
  /** What the backend declares to be capable of. */
  readonly capabilities: JsonObject;
  /** Whether a call is in flight. */
  readonly busy: boolean;
  /** Whether the link is gone. */
  readonly ended: boolean;
  /** Whether the backend was told which log messages to send on it. */
  readonly logsWished: boolean;
  /** The callers whose calls are in flight, oldest first. */
  callers(): Caller[];
  /** Sends a request under an id of this hop and resolves with the response under that id. Throws GatewayError. */
  request(message: Message, options?: RequestOptions): Promise<Message>;
  /** Says why a tool that is listed cannot be called on it. */
  unusable?(tool: JsonObject): string | undefined;
  /** Passes a client's notification on, where the backend's era has it. */
  notify(message: Message): void;
  /** Ends the link; calls in flight fail with `reason`. */
  close(reason?: GatewayError): Promise<void>;
  /** Ends the link once nothing is in flight on it any more; resolves when it has ended. */
  retire(): Promise<void>;
}
