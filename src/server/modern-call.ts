// One call of a modern client on its way through the gateway, from its first request to the last that goes on with it.
import { GatewayError } from "../errors.ts";
import type { Gateway } from "../gateway/gateway.ts";
import type { AskOptions, Caller, Identity, JsonObject, Message } from "../model.ts";
import { missingCapability } from "../protocol/capability.ts";
import { modernError } from "../protocol/error.ts";
import { edit } from "../protocol/json.ts";
import { isWanted } from "../protocol/log-level.ts";
import { isObject, resultMessage } from "../protocol/message.ts";
import { INPUTS, inputRequest, inputRequired, requiredPages } from "../protocol/modern-input.ts";
import type { Envelope } from "../protocol/modern-request.ts";
import { modernized, statusOf } from "../protocol/modern-result.ts";
import { CallCancellation } from "./cancellation.ts";
import type { ModernReply } from "./modern-reply.ts";
import type { ModernSession } from "./modern-session.ts";

/** Backends ask several things one after the other; so long nothing more must come before the client is asked, in milliseconds. */
const GATHERING = 15;

export interface ModernCallOptions {
  gateway: Gateway;
  session: ModernSession;
  identity: Identity;
  /** Makes a complete result of this call what modern clients expect. */
  dress(response: Message): string;
  /** Keeps the call until its client comes back; gives the state that it comes back with. */
  park(call: ModernCall): string;
  /** The call is over, for whatever reason. */
  over(): void;
}

/** One HTTP request that waits for the call. */
export interface Leg {
  readonly message: Message;
  /** JSON text. */
  readonly id: string;
  readonly envelope: Envelope;
  readonly reply: ModernReply;
}

interface Question {
  /** As it stands among the input requests. */
  readonly text: string;
  answer(result: string): void;
  refuse(error: GatewayError): void;
}

export class ModernCall implements Caller {
  readonly era = "modern";
  readonly session: ModernSession;
  readonly identity: Identity;
  readonly #options: ModernCallOptions;
  readonly #cancel = new CallCancellation();
  readonly #questions = new Map<string, Question>();
  /** What the client would have to be capable of to be asked what it was not. */
  #missing: JsonObject | undefined;
  /** The pages that its client was sent to, after which the call is to be made again. */
  #pages: ReadonlyMap<string, string> | undefined;
  #leg: Leg | undefined;
  /** The progress token that the backend's progress comes under. */
  #token: unknown;
  #gathering: ReturnType<typeof setTimeout> | undefined;
  /** How it ended while nobody waited for it. */
  #outcome: Message | undefined;
  #ended = false;

  constructor(options: ModernCallOptions) {
    this.#options = options;
    this.session = options.session;
    this.identity = options.identity;
    this.session.cancel = (reason = "the session was ended") => this.fail(new GatewayError("unavailable", reason));
  }

  get away(): boolean {
    return !this.#leg || !mayAsk(this.#leg.message);
  }

  /** Makes the call. */
  begin(leg: Leg): void {
    this.#leg = leg;
    this.#token = leg.envelope.progressToken;
    const call = { message: leg.message, caller: this, signal: this.#cancel };
    this.#options.gateway
      .request(call)
      .then((response) => this.#came(modernized(response)))
      .catch((error: unknown) => this.#settle(modernError(error)));
  }

  /** Goes on with the call, with the answers that its client has given. */
  resume(leg: Leg, answers: ReadonlyMap<string, string>): void {
    this.session.waitsSince = undefined;
    if (this.#pages && !this.#outcome) {
      this.#pages = undefined;
      this.begin(leg);
      return;
    }
    this.#leg = leg;
    for (const [key, result] of answers) {
      this.#questions.get(key)?.answer(result);
      this.#questions.delete(key);
    }
    if (this.#outcome) this.#finish(this.#outcome);
    else if (this.#questions.size > 0) this.#gather();
  }

  /** The client has left, or does not come back. */
  abandon(): void {
    this.#end();
  }

  /** Ends the call with this answer. */
  fail(error: GatewayError): void {
    this.#settle(modernError(error));
    this.#cancel.abort();
  }

  ask(message: Message, { signal }: AskOptions): Promise<Message> {
    if (this.#ended) return Promise.reject(new GatewayError("unavailable", "the client has left"));
    if (this.#leg && !mayAsk(this.#leg.message))
      return Promise.reject(new GatewayError("invalid_request", "the client can be asked only by calls"));
    const { method = "" } = message.body;
    if (!INPUTS.has(method)) return Promise.reject(new GatewayError("unknown_method", `Method not found: ${method}`));
    const missing = missingCapability(message, this.session.capabilities);
    if (missing) {
      this.#missing = { ...this.#missing, ...missing.capabilities };
      return Promise.reject(new GatewayError("invalid_request", `the client does not support ${missing.name}`));
    }
    const { promise, resolve, reject } = Promise.withResolvers<Message>();
    const key = this.#keyFor(message);
    this.#questions.set(key, {
      text: inputRequest(message),
      answer: (result) => resolve(resultMessage(result)),
      refuse: reject,
    });
    signal.addEventListener("abort", () => reject(new GatewayError("cancelled", "cancelled by the backend")), {
      once: true,
    });
    this.#gather();
    return promise.finally(() => this.#questions.delete(key));
  }

  /** Progress goes on under the token of the request that waits now; a log message goes to who wants to read it. */
  notify({ text, body }: Message): void {
    const { method = "", params = {} } = body;
    const { envelope, reply } = this.#leg ?? {};
    if (!envelope || UNRELATED.test(method)) return;
    if (method === "notifications/message") {
      if (envelope.logLevel !== undefined && isWanted(params.level, envelope.logLevel)) reply?.send(text);
      return;
    }
    const { progressToken: token } = envelope;
    if (method !== "notifications/progress" || token === this.#token) reply?.send(text);
    else if (token !== undefined) reply?.send(edit(text, { params: { progressToken: JSON.stringify(token) } }));
  }

  /** Keeps proxies from closing a silent stream. */
  beat(): void {
    this.#leg?.reply.beat();
  }

  /** The backend's own id for what it asks; another one where that is taken. */
  #keyFor({ body }: Message): string {
    let key = String(body.id);
    while (this.#questions.has(key)) key += "'";
    return key;
  }

  /** Waits a little for more to ask, and then asks. */
  #gather(): void {
    clearTimeout(this.#gathering);
    this.#gathering = setTimeout(() => this.#askClient(), GATHERING);
  }

  #askClient(): void {
    if (!this.#leg || this.#questions.size === 0 || this.#ended) return;
    this.#require(new Map([...this.#questions].map(([key, { text }]) => [key, text])));
  }

  /** Asks the client for input, which ends its request but not the call. */
  #require(requests: ReadonlyMap<string, string>): void {
    const leg = this.#leg;
    this.#leg = undefined;
    this.session.waitsSince = performance.now();
    const state = this.#options.park(this);
    leg?.reply.finish(edit(inputRequired(requests, state), { id: leg.id }), 200);
  }

  /** Sends the client to the pages that must be opened first, where that is the backend's answer. */
  #came(response: Message): void {
    const pages = requiredPages(response);
    const { elicitation } = this.session.capabilities;
    const missing = pages ? missingPages(elicitation) : isFailure(response) ? this.#missing : undefined;
    if (missing) this.#settle(incapable(missing));
    else if (!pages) this.#settle(response);
    else if (!this.#ended) {
      this.#pages = pages;
      this.#require(pages);
    }
  }

  /** Takes the first of what may end the call; a client that was asked something gets it when it comes back. */
  #settle(response: Message): void {
    if (this.#ended || this.#outcome) return;
    this.#outcome = response;
    if (this.#leg) this.#finish(response);
  }

  #finish(response: Message): void {
    const text = response.body.error === undefined ? this.#options.dress(response) : response.text;
    this.#leg?.reply.finish(edit(text, { id: this.#leg.id }), statusOf(response.body));
    this.#end();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#gathering);
    if (!this.#outcome) this.#cancel.abort();
    for (const { refuse } of this.#questions.values()) refuse(new GatewayError("unavailable", "the client has left"));
    this.#options.over();
  }
}

/** Whether the answer to this may be that input is required (2026-07-28, Multi Round-Trip Requests). */
function mayAsk({ body: { method } }: Message): boolean {
  return method === "tools/call" || method === "prompts/get" || method === "resources/read";
}

/** What has nothing to do with a request, or no place in this era. */
const UNRELATED =
  /^notifications\/(?:(?:tools|prompts|resources)\/list_changed|resources\/updated|elicitation\/complete|tasks\/status|cancelled)$/;

/** Whether something went wrong, as the protocol or the tool has it. */
function isFailure({ body: { error, result } }: Message): boolean {
  return error !== undefined || (isObject(result) && result.isError === true);
}

/** What a client has to declare to be sent to a page, if it does not. */
function missingPages(elicitation: unknown): JsonObject | undefined {
  return isObject(elicitation) && elicitation.url !== undefined ? undefined : { elicitation: { url: {} } };
}

function incapable(requiredCapabilities: JsonObject): Message {
  const message = "the client does not support what this needs; see requiredCapabilities";
  return modernError(new GatewayError("missing_capability", message, { requiredCapabilities }));
}
