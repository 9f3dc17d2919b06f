// The tasks of modern backends (SEP-2663), for the clients whose calls they are: ids lead back to where they are from.
import { GatewayError } from "../errors.ts";
import type { Identity, Message, Route, Session, Upstream } from "../model.ts";
import { resultMessage } from "../protocol/message.ts";
import { textOf } from "../protocol/names.ts";
import { createdTask, mustHaveTasks, taskIdsOf, withTaskId } from "../protocol/tasks-extension.ts";
import type { Catalog } from "./catalog.ts";
import { offersTasks } from "./era.ts";
import { type Follower, TaskFollowers } from "./task-followers.ts";
import { TaskIds, type TaskKey } from "./task-ids.ts";
import { type ClientCall, routeTo, send } from "./way-up.ts";

const METHODS = new Set(["tasks/get", "tasks/update", "tasks/cancel", "subscriptions/listen"]);

export class ModernTasks {
  readonly #ids: TaskIds;
  readonly #followers = new TaskFollowers();

  constructor(key: TaskKey) {
    this.#ids = new TaskIds(key);
  }

  /** The answer of a tool; of a task with the id that leads back to it. */
  async answered(response: Message, route: Route, call: ClientCall): Promise<Message> {
    const taskId = createdTask(response);
    if (taskId === undefined || !offersTasks(route.upstream)) return response;
    const way = { backend: route.upstream.name, tool: textOf(call.message.body.params?.name), taskId };
    return withTaskId(response, "result", await this.#ids.make(way, ownerOf(call)));
  }

  /** Answers a modern client's request about a task, or to be told of one. Throws GatewayError. */
  async answer(catalog: Catalog, call: ClientCall): Promise<Message> {
    const { method = "" } = call.message.body;
    const known = METHODS.has(method) && call.caller.era === "modern";
    // A backend that is not there yet may have tasks.
    if (!known || !catalog.sources.some(({ upstream }) => !upstream.offer || offersTasks(upstream)))
      throw new GatewayError("unknown_method", `Method not found: ${method}`);
    return method === "subscriptions/listen" ? this.#follow(catalog, call) : this.#pass(catalog, call);
  }

  /** Those who follow the task that a backend tells of, and what each of them is told. */
  listeners(message: Message, upstream: Upstream): { follower: Follower; told: Message }[] {
    const followers = this.#followers.of(upstream, message.body.params?.taskId);
    return followers.map((follower) => ({ follower, told: withTaskId(message, "params", follower.id) }));
  }

  /** Gives the sessions that followed tasks of this backend, which follow none of them any more. */
  drop(upstream: Upstream): Set<Session> {
    return this.#followers.drop(upstream);
  }

  forget(session: Session): void {
    this.#followers.forget(session);
  }

  async #pass(catalog: Catalog, call: ClientCall): Promise<Message> {
    const { taskId } = call.message.body.params ?? {};
    const id = typeof taskId === "string" ? taskId : "";
    const { route } = await this.#find(catalog, call, id);
    const response = await send(route, call, { taskId: JSON.stringify(route.original) });
    return withTaskId(response, "result", id);
  }

  async #follow(catalog: Catalog, call: ClientCall): Promise<Message> {
    const [id = ""] = taskIdsOf(call.message.body.params?.notifications);
    const { route, tool } = await this.#find(catalog, call, id);
    // A session that has ended must not follow anything any more.
    if (call.signal?.aborted) throw new GatewayError("cancelled", "cancelled by the client");
    call.entry?.routed(route);
    if (await this.#followers.add({ session: call.caller.session, id, tool, route })) return resultMessage({});
    throw new GatewayError("invalid_params", `backend "${route.upstream.name}" does not tell of this task`);
  }

  /** Throws the same GatewayError for what does not exist, what is another's, and what the caller may not use any more. */
  async #find(catalog: Catalog, call: ClientCall, id: string): Promise<{ route: Route; tool: string }> {
    mustHaveTasks(call.caller.session.capabilities);
    const way = await this.#ids.read(id, ownerOf(call));
    const { sources } = catalog.access?.whole ?? catalog;
    const { upstream } = sources.find((source) => source.upstream.name === way?.backend) ?? {};
    // Nobody should take a task for lost because its backend is not there yet.
    if (upstream && !upstream.offer)
      throw new GatewayError("unavailable", `backend "${upstream.name}" is not connected yet`);
    if (!way || !upstream || routeTo(catalog, "tools", call, way.tool)?.upstream !== upstream)
      throw new GatewayError("invalid_params", "Task not found");
    return { route: { upstream, original: way.taskId }, tool: way.tool };
  }
}

function ownerOf({ caller: { session, identity = session.identity } }: ClientCall): Identity {
  return identity;
}
