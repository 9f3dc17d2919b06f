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
  /** The backend and its own id of the task. */
  readonly route: Route;
}

export class TaskFollowers {
  /** By backend and its own id of the task. */
  readonly #byTask = new Map<Upstream, Map<string, Set<Follower>>>();
  readonly #bySession = new Map<Session, Set<Follower>>();
  readonly #telling = new Map<Upstream, Promise<ReadonlySet<string>>>();

  /** Resolves with whether the backend tells of the task from now on. */
  async add(follower: Follower): Promise<boolean> {
    const { session, route } = follower;
    const { upstream, original } = route;
    const byTask = this.#byTask.get(upstream) ?? new Map<string, Set<Follower>>();
    this.#byTask.set(upstream, byTask);
    byTask.set(original, (byTask.get(original) ?? new Set()).add(follower));
    this.#bySession.set(session, (this.#bySession.get(session) ?? new Set()).add(follower));
    const told = await this.#tell(upstream).catch(() => undefined);
    if (told?.has(original)) return true;
    this.#remove(follower);
    return false;
  }

  /** Those who follow a task. */
  of(upstream: Upstream, taskId: unknown): Follower[] {
    return [...(this.#byTask.get(upstream)?.get(textOf(taskId)) ?? [])];
  }

  /** Forgets all tasks of a backend, which tells no more of them; gives the sessions that followed any. */
  drop(upstream: Upstream): Set<Session> {
    const followers = [...(this.#byTask.get(upstream)?.values() ?? [])].flatMap((each) => [...each]);
    for (const follower of followers) this.#remove(follower);
    return new Set(followers.map(({ session }) => session));
  }

  forget(session: Session): void {
    const changed = new Set<Upstream>();
    for (const follower of this.#bySession.get(session) ?? [])
      if (this.#remove(follower)) changed.add(follower.route.upstream);
    for (const upstream of changed) this.#tell(upstream).catch(() => undefined);
  }

  /** Gives true when nobody follows the task any more. */
  #remove(follower: Follower): boolean {
    const { session, route } = follower;
    const own = this.#bySession.get(session);
    own?.delete(follower);
    if (own?.size === 0) this.#bySession.delete(session);
    const byTask = this.#byTask.get(route.upstream);
    const followers = byTask?.get(route.original);
    if (!followers?.delete(follower) || followers.size > 0) return false;
    byTask?.delete(route.original);
    if (byTask?.size === 0) this.#byTask.delete(route.upstream);
    return true;
  }

  /** Tells a backend once of all that is followed by the end of this turn; resolves with what it will tell of. */
  #tell(upstream: Upstream): Promise<ReadonlySet<string>> {
    const told =
      this.#telling.get(upstream) ??
      Promise.resolve().then(async () => {
        this.#telling.delete(upstream);
        const taskIds = [...(this.#byTask.get(upstream)?.keys() ?? [])];
        const { result } = (await upstream.request({ message: listenToTasks(taskIds) })).body;
        return new Set(taskIdsOf(isObject(result) ? result.notifications : undefined));
      });
    this.#telling.set(upstream, told);
    return told;
  }
}
