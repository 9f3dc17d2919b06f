// The methods that tell calls apart in metrics and traces: a client may send any text, so the rest is one.

/** The requests that MCP defines for clients, of every era and of the tasks extension. */
const METHODS: ReadonlySet<string> = new Set([
  "completion/complete",
  "initialize",
  "logging/setLevel",
  "ping",
  "prompts/get",
  "prompts/list",
  "resources/list",
  "resources/read",
  "resources/subscribe",
  "resources/templates/list",
  "resources/unsubscribe",
  "server/discover",
  "subscriptions/listen",
  "tasks/cancel",
  "tasks/get",
  "tasks/list",
  "tasks/result",
  "tasks/update",
  "tools/call",
  "tools/list",
]);

/** The method itself if MCP defines it, else `other`. */
export function methodWord(method: string | undefined): string {
  return method !== undefined && METHODS.has(method) ? method : "other";
}
