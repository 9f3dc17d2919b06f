// The modern era's tasks, an extension (io.modelcontextprotocol/tasks, SEP-2663): a server answers a call with a task, which its client follows.
import { GatewayError } from "../errors.ts";
import type { JsonObject, Message } from "../model.ts";
import { META, TASKS } from "./envelope.ts";
import { edit, omit } from "./json.ts";
import { isObject, request } from "./message.ts";

/** Whether whoever declares these capabilities has the extension. */
export function hasTasks({ extensions }: JsonObject): boolean {
  return isObject(extensions) && isObject(extensions[TASKS]);
}

/** Throws GatewayError `missing_capability` where a client with these capabilities has not the extension. */
export function mustHaveTasks(capabilities: JsonObject): void {
  if (hasTasks(capabilities)) return;
  throw new GatewayError("missing_capability", "the client does not support tasks; see requiredCapabilities", {
    requiredCapabilities: { extensions: { [TASKS]: {} } },
  });
}

/** The same request of a client that has no tasks, so that no backend gives it one. */
export function taskless({ text, body }: Message): Message {
  return { text: omit(text, ["params", "_meta", META.capabilities, "extensions"], new Set([TASKS])), body };
}

/** The id of the task that a call is answered with; nothing where the answer is another. */
export function createdTask({ body: { result } }: Message): string | undefined {
  const created = isObject(result) && result.resultType === "task" ? result.taskId : undefined;
  return typeof created === "string" ? created : undefined;
}

/** The request to be told of these tasks, and of no others. */
export function listenToTasks(taskIds: readonly string[]): Message {
  return request(0, "subscriptions/listen", { notifications: { taskIds } });
}

/** The tasks that a filter names, of a request or of its acknowledgement. */
export function taskIdsOf(filter: unknown): string[] {
  const { taskIds } = isObject(filter) ? filter : {};
  return Array.isArray(taskIds) ? taskIds.filter((taskId) => typeof taskId === "string") : [];
}

/** The same message under another id of the task that its result, or what it tells, is about. */
export function withTaskId({ text, body }: Message, part: "params" | "result", taskId: string): Message {
  const about = body[part];
  if (!isObject(about) || about.taskId === undefined) return { text, body };
  const edits = { [part]: { taskId: JSON.stringify(taskId) } };
  return { text: edit(text, edits), body: { ...body, [part]: { ...about, taskId } } };
}
