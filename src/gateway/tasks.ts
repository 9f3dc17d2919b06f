// Remembers whose task is whose (2025-11-25, Tasks): ids are made by backends and mean nothing outside of them.
import type { Body, Session, Upstream } from "../model.ts";
import { isObject } from "../protocol/message.ts";

/** A session that never asks for its tasks' results must not fill the memory. */
const LIMIT = 1_000;

export interface Task {
  readonly upstream: Upstream;
  /** The exposed name of the tool whose call it is; absent where the client has it for a backend. */
  readonly tool: string | undefined;
}

export class Tasks {
  readonly #bySession = new Map<Session, Map<string, Task>>();

  /** Takes note when a response created a task (CreateTaskResult). */
  note(session: Session, { result }: Body, task: Task): void {
    const created = isObject(result) ? result.task : undefined;
    if (!isObject(created) || typeof created.taskId !== "string") return;
    const tasks = this.#bySession.get(session) ?? new Map<string, Task>();
    tasks.set(created.taskId, task);
    this.#bySession.set(session, tasks);
    const [oldest] = tasks.keys();
    if (tasks.size > LIMIT && oldest !== undefined) tasks.delete(oldest);
  }

  /** One of this session's tasks. */
  of(session: Session, taskId: unknown): Task | undefined {
    return typeof taskId === "string" ? this.#bySession.get(session)?.get(taskId) : undefined;
  }

  /** The session that has this task on that backend. */
  sessionOf(upstream: Upstream, taskId: unknown): Session | undefined {
    if (typeof taskId !== "string") return undefined;
    for (const [session, tasks] of this.#bySession) if (tasks.get(taskId)?.upstream === upstream) return session;
    return undefined;
  }

  forget(session: Session): void {
    this.#bySession.delete(session);
  }
}
