// What is known of one server, kept current: a snapshot, then the events; connects again by itself.
import type { Clock } from "../model.ts";
import { Api, type Fetch } from "./api.ts";
import { BackOff } from "./back-off.ts";
import { systemClock } from "./clock.ts";
import { Failure } from "./failure.ts";
import { Notifier } from "./notifier.ts";
import { Rates } from "./rates.ts";
import { EMPTY, outdatesCapabilities, outdatesSnapshot, reduce, renew } from "./reducer.ts";
import { Refresh } from "./refresh.ts";
import type {
  EventRecord,
  Hashes,
  Link,
  Lock,
  ReconnectAnswer,
  ReloadAnswer,
  Security,
  ServerState,
  SessionRecord,
  Snapshot,
  StderrLine,
  Store,
} from "./state.ts";

export interface StoreOptions {
  name: string;
  /** Without `/manage/v1`. */
  url: string;
  token?: string | undefined;
  clock?: Clock;
  fetch?: Fetch | undefined;
}

const LIVE: Link = { phase: "live", message: null, nextTry: null };

export class ServerStore implements Store {
  readonly name: string;
  readonly url: string;
  readonly withToken: boolean;
  readonly #api: Api;
  readonly #clock: Clock;
  readonly #notifier: Notifier;
  readonly #snapshot: Refresh;
  readonly #capabilities: Refresh;
  readonly #rates: Rates;
  readonly #backOff: BackOff;
  #state: ServerState = EMPTY;
  #wantsCapabilities = false;
  #stopping: AbortController | undefined;
  /** Ends the stream for the reason that it is given. */
  #following: AbortController | undefined;
  #running: Promise<void> = Promise.resolve();
  /** Ends the pause before the next attempt. */
  #wake: (() => void) | undefined;

  constructor({ name, url, token, clock = systemClock, fetch }: StoreOptions) {
    this.name = name;
    this.url = url;
    this.withToken = token !== undefined;
    this.#clock = clock;
    this.#api = new Api({ url, token, clock, fetch });
    this.#notifier = new Notifier(clock);
    this.#backOff = new BackOff(clock);
    this.#snapshot = this.#refresh(async (signal) => this.#take(await this.#api.snapshot(signal)));
    this.#capabilities = this.#refresh(async (signal) =>
      this.#set({ capabilities: await this.#api.capabilities(signal) }),
    );
    this.#rates = new Rates({
      clock,
      read: (signal) => this.#metrics(signal),
      counted: (counted) => this.#set(counted),
    });
  }

  get state(): ServerState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    return this.#notifier.subscribe(listener);
  }

  /** Connects; when that is being waited for, or was refused, it is tried at once. */
  start(): void {
    if (this.#stopping) {
      this.#wake?.();
      return;
    }
    const stopping = new AbortController();
    this.#stopping = stopping;
    this.#running = this.#run(stopping.signal).finally(() => {
      if (this.#stopping === stopping) this.#stopping = undefined;
    });
  }

  /** Ends the connection; what is known stays. */
  async stop(): Promise<void> {
    this.#stopping?.abort();
    this.#stopping = undefined;
    this.#wake?.();
    this.#rates.stop();
    await this.#running;
    this.#notifier.stop();
  }

  loadCapabilities(): void {
    if (this.#wantsCapabilities) return;
    this.#wantsCapabilities = true;
    if (this.#state.link.phase === "live") this.#capabilities.askNow();
  }

  watchRates(): () => void {
    return this.#rates.watch();
  }

  async reload(): Promise<ReloadAnswer> {
    const answer = await this.#api.reload();
    // Where nothing has changed, no event tells when the file was read.
    this.#snapshot.ask();
    return answer;
  }

  reconnect(backend: string): Promise<ReconnectAnswer> {
    return this.#api.reconnect(backend);
  }

  sessions(): Promise<readonly SessionRecord[]> {
    return this.#api.sessions();
  }

  endSession(id: string): Promise<void> {
    return this.#api.endSession(id);
  }

  shutdown(seconds?: number): Promise<void> {
    return this.#api.shutdown(seconds);
  }

  stderr(backend: string): Promise<readonly StderrLine[]> {
    return this.#api.stderr(backend);
  }

  security(): Promise<Security> {
    return this.#api.security();
  }

  lock(): Promise<Lock> {
    return this.#api.lock();
  }

  approve(backend: string, tools: readonly string[], hashes?: Hashes): Promise<void> {
    return this.#api.approve(backend, tools, hashes);
  }

  async #run(stop: AbortSignal): Promise<void> {
    this.#link({ phase: "connecting", message: `connecting to ${this.url}`, nextTry: null });
    while (!stop.aborted) {
      const failure = await this.#follow(stop);
      this.#snapshot.stop();
      this.#capabilities.stop();
      if (stop.aborted) return;
      if (failure.kind === "refused") return this.#link({ phase: "refused", message: failure.message, nextTry: null });
      await this.#pause(failure.message);
    }
  }

  /** Takes a snapshot and then hears of events for as long as that goes well; resolves with what went wrong. */
  async #follow(stop: AbortSignal): Promise<Failure> {
    this.#following = new AbortController();
    const signal = AbortSignal.any([stop, this.#following.signal]);
    try {
      this.#take(await this.#api.snapshot(signal));
      const { events, snapshot } = this.#state;
      await this.#api.follow({
        // What was missed while the link was away is still to be told; the snapshot knows it already.
        last: events.at(-1)?.id ?? snapshot?.last_event_id ?? null,
        opened: () => this.#opened(),
        event: (event) => this.#heard(event),
        signal,
      });
      const stopping = this.#state.snapshot?.status.service.state === "stopping";
      return new Failure(
        "lost",
        `${new URL(this.url).host} ${stopping ? "was shut down" : "has ended the connection"}`,
      );
    } catch (error) {
      if (error instanceof Failure) return error;
      throw error;
    }
  }

  #opened(): void {
    this.#backOff.succeeded();
    this.#link(LIVE);
    if (this.#wantsCapabilities) this.#capabilities.askNow();
  }

  #heard(event: EventRecord): void {
    const before = this.#state;
    const after = reduce(before, event);
    if (after === before) return;
    this.#set(after);
    if (after.snapshot === before.snapshot) return;
    if (outdatesSnapshot(event)) this.#snapshot.ask();
    if (this.#wantsCapabilities && outdatesCapabilities(event)) this.#capabilities.ask();
  }

  #take(snapshot: Snapshot): void {
    this.#set(renew(this.#state, snapshot));
  }

  async #pause(message: string): Promise<void> {
    const pause = this.#backOff.failed();
    this.#link({ phase: "lost", message, nextTry: this.#clock.now() + pause });
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#clock.after(pause, resolve);
    this.#wake = resolve;
    await promise;
    this.#wake = undefined;
    cancel();
    // Why it is away is worth more than that it is tried.
    this.#link({ phase: "lost", message, nextTry: null });
  }

  #refresh(work: (signal: AbortSignal) => Promise<void>): Refresh {
    return new Refresh(this.#clock, (signal) =>
      work(signal).catch((error) => {
        // The token is no longer the right one: asking again and again would only be noted as attacks.
        if (error instanceof Failure && error.kind === "refused") this.#following?.abort(error);
        throw error;
      }),
    );
  }

  /** There are none while the link is not live; a server that does not want us is not asked. */
  async #metrics(signal: AbortSignal): Promise<string> {
    if (this.#state.link.phase !== "live") throw new Failure("lost", "there is no link");
    return await this.#api.metrics(signal);
  }

  #link(link: Link): void {
    this.#set({ link });
  }

  #set(change: Partial<ServerState>): void {
    this.#state = { ...this.#state, ...change };
    this.#notifier.changed();
  }
}
