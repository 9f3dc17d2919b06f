// Who wants to hear of which modern task: each backend is told of all that somebody follows, and what it says goes to those alone.
import type { Route, Session, Upstream } from "../model.ts";
import { isObject } from "../protocol/message.ts";
import { textOf } from "../protocol/names.ts";
import { listenToTasks, taskIdsOf } from "../protocol/tasks-extension.ts";

export interface Follower {
  readonly session: Session;
  /** The task's id as the session knows it. */
  readonly id: string;
  /** The exposed name of the tool whose call it is. */
  readonly tool: string;
}

export class TaskFollowers {
  /** By backend and its own id of the task. */
  readonly #followers = new Map<Upstream, Map<string, Set<Follower>>>();
  readonly #telling = new Map<Upstream, Promise<readonly string[]>>();

  /** Resolves with whether the backend tells of the task from now on. */
  async add({ upstream, original }: Route, follower: Follower): Promise<boolean> {
    const byTask = this.#followers.get(upstream) ?? new Map<string, Set<Follower>>();
    this.#followers.set(upstream, byTask);
    byTask.set(original, (byTask.get(original) ?? new Set()).add(follower));
    const told = await this.#tell(upstream).catch((): string[] => []);
    if (told.includes(original)) return true;
    this.#remove(upstream, (each) => each === follower);
    return false;
  }

  /** Those who follow a task. */
  of(upstream: Upstream, taskId: unknown): Follower[] {
    return [...(this.#followers.get(upstream)?.get(textOf(taskId)) ?? [])];
  }

  /** Forgets all tasks of a backend, which tells no more of them; gives the sessions that followed any. */
  drop(upstream: Upstream): Set<Session> {
    const byTask = this.#followers.get(upstream) ?? new Map<string, Set<Follower>>();
    this.#followers.delete(upstream);
    return new Set([...byTask.values()].flatMap((followers) => [...followers].map(({ session }) => session)));
  }

  forget(session: Session): void {
    for (const upstream of [...this.#followers.keys()]) {
      const changed = this.#remove(upstream, (follower) => follower.session === session);
      if (changed) this.#tell(upstream).catch(() => undefined);
    }
  }

  /** Gives true when there are tasks now that nobody follows any more. */
  #remove(upstream: Upstream, leaves: (follower: Follower) => boolean): boolean {
    const byTask = this.#followers.get(upstream) ?? new Map<string, Set<Follower>>();
    const before = byTask.size;
    for (const [taskId, followers] of byTask) {
      for (const follower of followers) if (leaves(follower)) followers.delete(follower);
      if (followers.size === 0) byTask.delete(taskId);
    }
    if (byTask.size === 0) this.#followers.delete(upstream);
    return byTask.size < before;
  }

  /** Tells a backend once of all that is followed by the end of this turn; resolves with what it will tell of. */
  #tell(upstream: Upstream): Promise<readonly string[]> {
    const told =
      this.#telling.get(upstream) ??
      Promise.resolve().then(async () => {
        this.#telling.delete(upstream);
        const taskIds = [...(this.#followers.get(upstream)?.keys() ?? [])];
        const { result } = (await upstream.request({ message: listenToTasks(taskIds) })).body;
        return taskIdsOf(isObject(result) ? result.notifications : undefined);
      });
    this.#telling.set(upstream, told);
    return told;
  }
}
