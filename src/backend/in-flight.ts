// The calls in flight on one connection, by the ids of its hop: who waits for each, and who hears of its progress.
import type { GatewayError } from "../errors.ts";
import type { Caller, Message } from "../model.ts";
import { isObject } from "../protocol/message.ts";
import { numberOf } from "../protocol/names.ts";

export interface Waiting {
  resolve(response: Message): void;
  reject(error: GatewayError): void;
  caller: Caller | undefined;
  /** The caller's own progress token. */
  token: unknown;
  /** Ends the watch for cancellation and time-out. */
  unwatch?: (() => void) | undefined;
}

/** The progress of so many tasks is passed on; that of older ones is not. */
const TASK_LIMIT = 1_000;

export class InFlight {
  readonly #calls = new Map<number, Waiting>();
  /** Calls that have become tasks and may still tell their progress. */
  readonly #tasks = new Map<number, Waiting>();
  #lastId = 0;

  get size(): number {
    return this.#calls.size;
  }

  has(id: number): boolean {
    return this.#calls.has(id);
  }

  /** Gives the call its id. */
  add(waiting: Waiting): number {
    const id = ++this.#lastId;
    this.#calls.set(id, waiting);
    return id;
  }

  /** Takes a call out; nobody waits for an answer to it any more. */
  take(id: number): Waiting | undefined {
    const waiting = this.#calls.get(id);
    this.#calls.delete(id);
    waiting?.unwatch?.();
    return waiting;
  }

  /** Takes out the call that this response is for. The progress of a task goes on under the token of the call that began it (2025-11-25, Tasks). */
  answered({ body }: Message): Waiting | undefined {
    const id = numberOf(body.id);
    const waiting = this.take(id);
    if (waiting?.token === undefined || !isObject(body.result) || !isObject(body.result.task)) return waiting;
    this.#tasks.set(id, waiting);
    const [oldest] = this.#tasks.keys();
    if (this.#tasks.size > TASK_LIMIT && oldest !== undefined) this.#tasks.delete(oldest);
    return waiting;
  }

  /** The call or task that has asked for progress under this token of the hop. */
  listener(token: unknown): Waiting | undefined {
    const id = numberOf(token);
    return this.#calls.get(id) ?? this.#tasks.get(id);
  }

  callerOf(id: number | undefined): Caller | undefined {
    return id === undefined ? undefined : this.#calls.get(id)?.caller;
  }

  /** Oldest first. */
  callers(): Caller[] {
    return [...this.#calls.values()].flatMap(({ caller }) => caller ?? []);
  }

  ids(): number[] {
    return [...this.#calls.keys()];
  }
}
