// Keeps one `subscriptions/listen` open to a modern backend, for the lists that may change, and the resources and tasks that somebody follows.
import { GatewayError } from "../errors.ts";
import type { Clock, JsonObject, Message } from "../model.ts";
import { isObject, notification, request } from "../protocol/message.ts";
import { numberOf, textOf } from "../protocol/names.ts";
import { taskIdsOf } from "../protocol/tasks-extension.ts";
import { BackOff } from "./back-off.ts";
import { MissingCredentials } from "./credentials.ts";
import { withTimeout } from "./deadline.ts";

/** The lists whose changes are told, by the server capability that has them. */
const LISTS = [
  { capability: "tools", filter: "toolsListChanged", method: "notifications/tools/list_changed" },
  { capability: "prompts", filter: "promptsListChanged", method: "notifications/prompts/list_changed" },
  { capability: "resources", filter: "resourcesListChanged", method: "notifications/resources/list_changed" },
] as const;

const METHOD_NOT_FOUND = -32601;

/** How long a server may take to say what it will tell of, in seconds. */
const PATIENCE = 10;

export interface UpdatesOptions {
  clock: Clock;
  /** The server's. */
  capabilities: JsonObject;
  /** Sends the request, whose id on this hop `started` hears; resolves when the server has ended it. */
  listen(message: Message, options: { signal: AbortSignal; started: (id: number) => void }): Promise<Message>;
  /** Whether the connection is over, and with it all that was listened to. */
  ended(): boolean;
  /** Something may have changed while nobody listened: what would have been told of lists. */
  missed(notifications: Message[]): void;
  /** The server tells no more of the tasks that are followed. */
  unheard(): void;
  /** The server cannot be reached any more. */
  lost(error: GatewayError): void;
}

/** One stream of updates; a change of what is wanted takes a new one. */
interface Stream {
  readonly cancel: AbortController;
  readonly granted: PromiseWithResolvers<Granted>;
}

/** What the server will tell of. */
interface Granted {
  readonly uris: ReadonlySet<unknown>;
  readonly taskIds: readonly string[];
}

const NOTHING: Granted = { uris: new Set(), taskIds: [] };

export class Updates {
  readonly #uris = new Set<string>();
  #taskIds: readonly string[] = [];
  /** Whether the server has agreed to tell of tasks. */
  #telling = false;
  readonly #lists: (typeof LISTS)[number][];
  /** By the ids of their requests, oldest first. */
  readonly #streams = new Map<number, Stream>();
  readonly #backOff: BackOff;
  #opening: Promise<Granted> | undefined;
  #stopWaiting: (() => void) | undefined;
  #interrupted = false;
  #stopped = false;

  constructor(private readonly options: UpdatesOptions) {
    const { capabilities, clock } = options;
    this.#backOff = new BackOff(clock);
    this.#lists = LISTS.filter(({ capability }) => {
      const declared = capabilities[capability];
      return isObject(declared) && declared.listChanged === true;
    });
  }

  /** Begins to listen, where there is anything to hear. */
  start(): void {
    void this.#renew().catch(() => undefined);
  }

  /** Resolves when the server will tell of changes of this resource. Throws GatewayError when it will not. */
  async follow(uri: string): Promise<void> {
    this.#uris.add(uri);
    const { uris } = await this.#renew().catch((error) => {
      this.#uris.delete(uri);
      throw error;
    });
    if (uris.has(uri)) return;
    this.#uris.delete(uri);
    throw new GatewayError("invalid_params", `does not tell of changes of ${uri}`);
  }

  async unfollow(uri: string): Promise<void> {
    if (this.#uris.delete(uri)) await this.#renew();
  }

  /** Resolves with those of these tasks that the server will tell of, and of no others. Throws GatewayError when it will not. */
  async followTasks(taskIds: readonly string[]): Promise<readonly string[]> {
    let kept = this.#taskIds;
    this.#taskIds = taskIds;
    try {
      kept = (await this.#renew()).taskIds;
      return kept;
    } finally {
      if (this.#taskIds === taskIds) this.#taskIds = kept;
    }
  }

  /** The server has said what it will tell of: what was open before is not needed any more. */
  acknowledged(id: unknown, filter: unknown): void {
    const own = numberOf(id);
    const stream = this.#streams.get(own);
    if (!stream) return;
    const uris = new Set(isObject(filter) ? [filter.resourceSubscriptions ?? []].flat() : []);
    const granted = { uris, taskIds: taskIdsOf(filter) };
    for (const [each, { cancel, granted: waiting }] of this.#streams) {
      waiting.resolve(granted);
      if (each === own) break;
      this.#streams.delete(each);
      cancel.abort();
    }
    this.#telling = granted.taskIds.length > 0;
    this.#backOff.succeeded();
    if (this.#interrupted) this.options.missed(this.#lists.map(({ method }) => notification(method)));
    this.#interrupted = false;
  }

  stop(): void {
    this.#stopped = true;
    this.#stopWaiting?.();
    this.#forgetTasks();
    this.#close();
  }

  /** Opens a stream for all that is wanted by the end of this turn. */
  #renew(): Promise<Granted> {
    this.#opening ??= Promise.resolve().then(() => {
      this.#opening = undefined;
      return this.#open();
    });
    return this.#opening;
  }

  async #open(): Promise<Granted> {
    this.#stopWaiting?.();
    if (this.#stopped) throw new GatewayError("unavailable", "the connection was closed");
    const lists = Object.fromEntries(this.#lists.map(({ filter }) => [filter, true]));
    const filter = {
      ...lists,
      ...(this.#uris.size > 0 && { resourceSubscriptions: [...this.#uris] }),
      ...(this.#taskIds.length > 0 && { taskIds: this.#taskIds }),
    };
    if (Object.keys(filter).length === 0) return this.#close();
    const stream: Stream = { cancel: new AbortController(), granted: Promise.withResolvers() };
    stream.granted.promise.catch(() => undefined);
    let id = 0;
    const started = (given: number) => {
      id = given;
      this.#streams.set(id, stream);
    };
    const { signal } = stream.cancel;
    this.options
      .listen(request(0, "subscriptions/listen", { notifications: filter }), { signal, started })
      .then(refusal, (error: GatewayError) => error)
      .then((error) => this.#ended(id, stream, error));
    const { clock } = this.options;
    return await withTimeout(clock, { timeout: PATIENCE, work: stream.granted.promise, what: "subscribing" });
  }

  /** Nothing is wanted. */
  #close(): Granted {
    this.#telling = false;
    for (const { cancel } of this.#streams.values()) cancel.abort();
    this.#streams.clear();
    return NOTHING;
  }

  /** Nobody can say what became of them meanwhile: who wants to know has to look, and to follow them again. */
  #forgetTasks(): void {
    if (!this.#telling) return;
    this.#telling = false;
    this.#taskIds = [];
    this.options.unheard();
  }

  /** A stream has ended, of itself unless another has taken its place. */
  #ended(id: number, stream: Stream, error: GatewayError): void {
    stream.granted.reject(error);
    if (this.#streams.get(id) !== stream || this.#stopped) return;
    this.#streams.delete(id);
    if (this.#streams.size === 0) this.#forgetTasks();
    if (error.code === "undelivered" && !(error instanceof MissingCredentials)) this.options.lost(error);
    else if (error.code !== "unknown_method" && !this.options.ended()) this.#openLater();
  }

  #openLater(): void {
    this.#interrupted = true;
    this.#stopWaiting = this.options.clock.after(this.#backOff.failed(), () => this.start());
  }
}

/** Why a server answers that should only listen. */
function refusal({ body: { error } }: Message): GatewayError {
  if (!isObject(error)) return new GatewayError("unavailable", "has ended its stream of updates");
  const unknown = error.code === METHOD_NOT_FOUND;
  return new GatewayError(unknown ? "unknown_method" : "unavailable", `does not listen: ${textOf(error.message)}`);
}
