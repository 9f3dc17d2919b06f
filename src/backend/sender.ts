// Sends requests to a modern backend with the headers that they need, and spares those whose answers may be kept.
import { GatewayError } from "../errors.ts";
import type { Caller, Clock, JsonObject, Message } from "../model.ts";
import type { Envelope } from "../protocol/envelope.ts";
import { HEADER_MISMATCH, isModernError, UNSUPPORTED_VERSION } from "../protocol/error.ts";
import type { Edits } from "../protocol/json.ts";
import { isObject, request, withMeta } from "../protocol/message.ts";
import { headOf, nameOf } from "../protocol/modern-header.ts";
import { textOf } from "../protocol/names.ts";
import { argumentHead } from "../protocol/param-headers.ts";
import { MODERN_VERSION } from "../protocol/version.ts";
import type { RequestOptions } from "./connection.ts";
import type { Exchange } from "./exchange.ts";
import { headerProblem, KnownTools } from "./known-tools.ts";
import { OtherEra } from "./other-era.ts";
import { ReadCache } from "./read-cache.ts";
import type { Head } from "./transport.ts";

/** No list of tools is longer than this many pages. */
const PAGES = 1_000;

export interface SenderOptions {
  /** What the gateway says of itself. */
  own: Envelope;
  clock: Clock;
  /** Whether requests have headers. */
  headed: boolean;
  /** The tools are not what they were. */
  relisted(): void;
}

export class Sender {
  readonly reads: ReadCache;
  readonly tools = new KnownTools();

  constructor(
    private readonly exchange: Exchange,
    private readonly options: SenderOptions,
  ) {
    this.reads = new ReadCache(options.clock);
  }

  /** Resolves with the backend's response, or one that it has given before and that still holds. Throws GatewayError. */
  async send(message: Message, options: RequestOptions): Promise<Message> {
    const kept = this.reads.get(message, options.caller);
    if (kept) return kept;
    const response = await this.#insisting(message, options);
    this.#keep(message, options.caller, response);
    return response;
  }

  /** Says what makes a tool unusable for want of its headers. */
  problemOf(tool: JsonObject): string | undefined {
    return this.options.headed ? headerProblem(tool) : undefined;
  }

  #keep(message: Message, caller: Caller | undefined, response: Message): void {
    if (message.body.method === "tools/list") this.tools.note(response);
    else this.reads.keep(message, caller, response);
  }

  /** A tool may want other headers than it did when it was listed (2026-07-28, Transports, Custom Headers). */
  async #insisting(message: Message, options: RequestOptions): Promise<Message> {
    const response = await this.#once(message, options);
    if (!isRefusedBy(response, HEADER_MISMATCH)) return response;
    await this.#relist();
    const second = await this.#once(message, options);
    if (!isRefusedBy(second, HEADER_MISMATCH)) return second;
    throw new GatewayError("internal", `refuses the headers that its tools ask for: ${reasonOf(second)}`);
  }

  async #once(message: Message, options: RequestOptions): Promise<Message> {
    const head = this.options.headed ? this.#headOf(message, options.edits) : undefined;
    const response = await this.exchange.request(message, { ...options, head });
    if (!isRefusedBy(response, UNSUPPORTED_VERSION)) return response;
    throw new OtherEra(`does not speak ${MODERN_VERSION} any more: ${reasonOf(response)}`);
  }

  #headOf(message: Message, edits: Edits | undefined): Head {
    const head = headOf(message, edits);
    if (message.body.method !== "tools/call") return head;
    const headers = this.tools.headersOf(nameOf(message, edits));
    return headers.length === 0 ? head : { ...head, ...argumentHead(message, headers) };
  }

  /** Takes the list of tools anew, for this connection at once and for everybody by and by. */
  async #relist(): Promise<void> {
    let cursor: unknown;
    for (let page = 0; page < PAGES; page++) {
      const asked = withMeta(request(0, "tools/list", cursor === undefined ? {} : { cursor }), this.options.own);
      const response = await this.#once(asked, {});
      this.tools.note(response);
      const { result } = response.body;
      cursor = isObject(result) ? result.nextCursor : undefined;
      if (typeof cursor !== "string") break;
    }
    this.options.relisted();
  }
}

/** Whether a response is an error of the modern era with this code. */
export function isRefusedBy({ body: { error } }: Message, code: number): boolean {
  return isModernError(error) && error.code === code;
}

/** The words of an error. */
export function reasonOf({ body: { error } }: Message): string {
  return isModernError(error) ? textOf(error.message) : "";
}
