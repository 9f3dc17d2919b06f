// Real servers from npm, and what to ask each of them, in this order.
import { join } from "node:path";
import { type Kind, kinds } from "../fixtures/full/start.ts";
import { ask, call, callIn, type Exchange, type Side } from "./compare.ts";

export interface RealServer {
  name: "everything" | "filesystem" | "memory";
  kinds: readonly Kind[];
  args(directory: string): string[];
  env?(directory: string): Record<string, string>;
  exchanges: Exchange[];
}

const files = [1, 2, 3].map((n) => ({ path: `notes/${n}.txt`, content: `first ä€😀\nsecond ${n}\nthird\n` }));

export const realServers: RealServer[] = [
  {
    name: "everything",
    kinds,
    args: () => ["stdio"],
    exchanges: [
      call("echo", { message: "ä€😀" }),
      call("echo", {}),
      call("get-sum", { a: 0.1, b: 0.2 }),
      call("get-tiny-image"),
      ...["error", "success", "debug"].map((messageType) =>
        call("get-annotated-message", { messageType, includeImage: true }),
      ),
      call("get-resource-links", { count: 4 }),
      ...["Text", "Blob"].map((resourceType) => call("get-resource-reference", { resourceType, resourceId: 3 })),
      ...["New York", "Chicago", "Nowhere"].map((location) => call("get-structured-content", { location })),
      call("gzip-file-as-resource", { name: "x.gz", data: "data:text/plain,hello", outputType: "resource" }),
      call("trigger-sampling-request", { prompt: "Name a colour.", maxTokens: 10 }),
      call("trigger-elicitation-request"),
      call("trigger-url-elicitation", { url: "https://example.com/", elicitationId: "one" }),
      call("trigger-url-elicitation", { url: "https://example.com/", elicitationId: "two", errorPath: true }),
      { title: "progress of a long operation", run: runLongOperation },
      { title: "a task that asks", run: runResearch, where: ({ kind }) => kind === "stdio" },
      { ...call("get-roots-list"), where: ({ sharing }) => sharing === "session" },
      ask("resources/read", { uri: "demo://resource/static/document/features.md" }),
      ask("resources/read", { uri: "demo://resource/dynamic/text/7" }),
      ask("resources/read", { uri: "demo://resource/dynamic/blob/8" }),
      ask("resources/subscribe", { uri: "demo://resource/dynamic/text/1" }),
      ask("resources/unsubscribe", { uri: "demo://resource/dynamic/text/1" }),
      ask("prompts/get", { name: "simple-prompt" }),
      ask("prompts/get", { name: "args-prompt", arguments: { city: "Bonn", state: "NRW" } }),
      ask("prompts/get", { name: "args-prompt" }),
      ask("prompts/get", { name: "resource-prompt", arguments: { resourceType: "Text", resourceId: "2" } }),
      ...["", "Eng", "x"].map((value) => complete({ name: "department", value })),
      ...["", "B"].map((value) => complete({ name: "name", value }, { department: "Engineering" })),
      ask("completion/complete", {
        ref: { type: "ref/resource", uri: "demo://resource/dynamic/text/{resourceId}" },
        argument: { name: "resourceId", value: "12" },
      }),
      ask("logging/setLevel", { level: "warning" }),
      ask("ping"),
    ],
  },
  {
    name: "filesystem",
    kinds: ["stdio"],
    args: (directory) => [directory],
    exchanges: [
      callIn("create_directory", (directory) => ({ path: `${directory}/notes` })),
      ...files.map(({ path, content }) =>
        callIn("write_file", (directory) => ({ path: `${directory}/${path}`, content })),
      ),
      callIn("read_text_file", (directory) => ({ path: `${directory}/notes/1.txt`, head: 2 })),
      callIn("read_media_file", (directory) => ({ path: `${directory}/notes/1.txt` })),
      callIn("read_multiple_files", (directory) => ({ paths: files.map(({ path }) => `${directory}/${path}`) })),
      callIn("edit_file", (directory) => ({
        path: `${directory}/notes/2.txt`,
        edits: [{ oldText: "second", newText: "2nd" }],
      })),
      callIn("move_file", (directory) => ({ source: `${directory}/notes/3.txt`, destination: `${directory}/3.txt` })),
      callIn("list_directory", (directory) => ({ path: directory })),
      callIn("list_directory_with_sizes", (directory) => ({ path: `${directory}/notes`, sortBy: "size" })),
      callIn("directory_tree", (directory) => ({ path: directory })),
      callIn("search_files", (directory) => ({ path: directory, pattern: "**/1.txt" })),
      callIn("read_text_file", (directory) => ({ path: `${directory}/../outside.txt` })),
      call("list_allowed_directories"),
    ],
  },
  {
    name: "memory",
    kinds: ["stdio"],
    args: () => [],
    env: (directory) => ({ MEMORY_FILE_PATH: join(directory, "memory.jsonl") }),
    exchanges: [
      call("create_entities", {
        entities: ["Ada", "Grace"].map((name) => ({ name, entityType: "person", observations: [`${name} writes`] })),
      }),
      call("create_relations", { relations: [{ from: "Ada", to: "Grace", relationType: "inspires" }] }),
      call("add_observations", { observations: [{ entityName: "Ada", contents: ["likes engines"] }] }),
      call("search_nodes", { query: "engines" }),
      call("open_nodes", { names: ["Grace", "Nobody"] }),
      call("delete_observations", { deletions: [{ entityName: "Ada", observations: ["Ada writes"] }] }),
      call("delete_relations", { relations: [{ from: "Ada", to: "Grace", relationType: "inspires" }] }),
      call("delete_entities", { entityNames: ["Grace"] }),
      call("read_graph"),
      ask("resources/read", { uri: "memory://knowledge-graph" }),
    ],
  },
];

function complete(argument: { name: string; value: string }, given?: Record<string, string>): Exchange {
  const ref = { type: "ref/prompt", name: "completable-prompt" };
  return ask("completion/complete", { ref, argument, ...(given && { context: { arguments: given } }) });
}

async function runLongOperation({ client }: Side) {
  const progressToken = crypto.randomUUID();
  const params = {
    name: "trigger-long-running-operation",
    arguments: { duration: 0.4, steps: 4 },
    _meta: { progressToken },
  };
  const result = await client.request("tools/call", params);
  return {
    result,
    progress: client.notifications.items().filter((message) => message.params.progressToken === progressToken),
  };
}

async function runResearch({ client }: Side) {
  const args = { topic: "python", ambiguous: true };
  const { task } = await client.request("tools/call", { name: "simulate-research-query", arguments: args, task: {} });
  const { taskId } = task as { taskId: string };
  return { task, result: await client.request("tasks/result", { taskId }) };
}
