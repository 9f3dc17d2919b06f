// The search for tools: what a model would ask for is among the first, and comes in the backend's own words.
import { describe, expect, test } from "bun:test";
import { toolSearch } from "../../../src/gateway/tool-search.ts";
import type { JsonObject } from "../../../src/model.ts";
import { upstream } from "./stand-ins.ts";

type Parameters = Record<string, string>;

/** A tool of one line: its name, its description, and its parameters with theirs. */
function tool(name: string, description: string, parameters: Parameters = {}): JsonObject {
  const properties = Object.fromEntries(
    Object.entries(parameters).map(([key, text]) => [key, { type: "string", description: text }]),
  );
  return { name, description, inputSchema: { type: "object", properties, required: Object.keys(parameters) } };
}

/** The search in tools of one backend, given as text. */
function searchIn(list: string, backend = "backend") {
  const routes = JSON.parse(list).map(({ name }: JsonObject) => [
    name,
    { upstream: upstream(backend), original: name },
  ]);
  const lists = { tools: `{"tools":${list}}`, prompts: "", resources: "", resourceTemplates: "" };
  return toolSearch({ tools: new Map(routes), lists });
}

const searchOver = (tools: JsonObject[], backend?: string) => searchIn(JSON.stringify(tools), backend);
const names = (found: string[]) => found.map((text) => JSON.parse(text).name);

const repository = { owner: "Repository owner", repo: "Repository name" };
const issue = { ...repository, issue_number: "Number of the issue" };
const path = { path: "Path of the file" };

/** Tools as servers of ten kinds describe them. */
const market = [
  tool("github_createIssue", "Create a new issue in a GitHub repository", { ...repository, title: "Issue title" }),
  tool("github_listIssues", "List and filter repository issues", { ...repository, state: "open, closed or all" }),
  tool("github_addIssueComment", "Add a comment to an existing issue", { ...issue, body: "Comment text" }),
  tool("github_createPullRequest", "Open a new pull request", { ...repository, head: "Branch", base: "Branch" }),
  tool("github_mergePullRequest", "Merge a pull request", { ...repository, pull_number: "Number" }),
  tool("github_searchCode", "Search for code across GitHub repositories", { q: "Search query" }),
  tool("github_getFileContents", "Get the contents of a file or directory from a repository", {
    ...repository,
    ...path,
  }),
  tool("read_file", "Read the complete contents of a file from the file system as text", path),
  tool("write_file", "Create a new file or completely overwrite an existing file with new content", {
    ...path,
    content: "Text to write",
  }),
  tool("edit_file", "Make line-based edits to a text file; returns a git-style diff", { ...path, edits: "Edits" }),
  tool("move_file", "Move or rename files and directories", { source: "From", destination: "To" }),
  tool("list_directory", "Get a detailed listing of all files and directories in a path", { path: "Directory" }),
  tool("search_files", "Recursively search for files matching a pattern", { path: "Root", pattern: "Glob" }),
  tool("get_file_info", "Retrieve metadata about a file: size, creation time, permissions", path),
  tool("slack.postMessage", "Post a message to a Slack channel", { channel: "Channel id", text: "Message text" }),
  tool("slack.replyToThread", "Reply to a message thread", { channel: "Channel id", thread_ts: "Parent message" }),
  tool("slack.listChannels", "List public channels in the workspace", { cursor: "Next page" }),
  tool("slack.getUserProfile", "Get profile information of a user", { user_id: "The user" }),
  tool("gmail/send", "Sends an email", { to: "Recipients", subject: "Subject line", body: "Plain text" }),
  tool("gmail/search", "Searches the mailbox with Gmail's query syntax", { query: "Query" }),
  tool("gmail/createLabel", "Creates a label", { name: "Label name" }),
  tool("calendar-create-event", "Create a calendar event", { summary: "Title", start: "Start time", end: "End time" }),
  tool("calendar-list-events", "List upcoming events in a time range", { timeMin: "From", timeMax: "Until" }),
  tool("calendar-freebusy", "Query free and busy times of attendees, to find a slot for a meeting", { ids: "Who" }),
  tool("query", "Run a read-only SQL query against the PostgreSQL database", { sql: "The SQL statement" }),
  tool("list_tables", "List the tables of a database schema", { schema: "Schema name" }),
  tool("describe_table", "Show columns, types and indexes of a table", { table: "Table name" }),
  tool("browser_navigate", "Navigate to a URL", { url: "The URL" }),
  tool("browser_click", "Click an element on a web page", { element: "What to click", ref: "Its reference" }),
  tool("browser_take_screenshot", "Take a screenshot of the current page", { filename: "Where to save the image" }),
  tool("browser_fill_form", "Fill multiple form fields", { fields: "Fields to fill in" }),
  tool("fetch", "Fetches a URL from the internet and extracts its contents as markdown", { url: "URL to fetch" }),
  tool("brave_web_search", "Performs a web search with the Brave Search API", { query: "Search terms", count: "1-20" }),
  tool("get_forecast", "Get the weather for a location", { latitude: "Degrees", longitude: "Degrees" }),
  tool("maps_directions", "Get directions between two points", { origin: "Start", mode: "driving, walking, transit" }),
  tool("maps_geocode", "Convert an address into geographic coordinates", { address: "The address" }),
  tool("stripe_createRefund", "Refund a payment intent", { payment_intent: "Its id", amount: "In cents" }),
  tool("stripe_listInvoices", "Fetch a list of invoices", { customer: "Customer id" }),
  tool("kubectl_logs", "Get the logs of a pod", { pod: "Name", namespace: "Namespace", tail: "Number of lines" }),
  tool("kubectl_scale", "Scale a deployment", { name: "Deployment", replicas: "How many" }),
  tool("convert_time", "Convert a time between time zones", { source_timezone: "IANA name", time: "HH:MM" }),
  tool("create_entities", "Create multiple new entities in the knowledge graph", {
    entities: "Names and observations",
  }),
];

describe("a model finds", () => {
  const search = searchOver(market);

  test.each([
    ["create issue", "github_createIssue"],
    ["open a new bug report issue on GitHub", "github_createIssue"],
    ["comment on an issue", "github_addIssueComment"],
    ["github_merge_pull_request", "github_mergePullRequest"],
    ["what does this file contain", "read_file"],
    ["rename a file", "move_file"],
    ["size of the file", "get_file_info"],
    ["send a message to a slack channel", "slack.postMessage"],
    ["send email to Bob", "gmail/send"],
    ["schedule a meeting event in my calendar", "calendar-create-event"],
    ["when are all attendees free for a meeting", "calendar-freebusy"],
    ["run SQL against postgres", "query"],
    ["columns of the table", "describe_table"],
    ["take a screen shot of the page", "browser_take_screenshot"],
    ["search the web", "brave_web_search"],
    ["weather in Berlin", "get_forecast"],
    ["walking route to the station", "maps_directions"],
    ["give the customer a refund", "stripe_createRefund"],
    ["pod logs", "kubectl_logs"],
    ["what time is it in Tokyo, convert timezone", "convert_time"],
    ["refnud payment", "stripe_createRefund"],
    ["calender events", "calendar-list-events"],
  ])("%j → %s among the first three", async (query, expected) => {
    expect(names(await search(query, 3))).toContain(expected);
  });
});

describe("a tool is found", () => {
  const nested = {
    type: "array",
    items: { type: "object", properties: { colour: { description: "Shade of paint" } } },
  };
  const search = searchOver([
    { name: "getHTTPStatus", inputSchema: {} },
    { name: "a", title: "Harbour pilot", description: "Steers", inputSchema: {} },
    { name: "b", description: "Works with GitHub", inputSchema: { properties: { walls: nested } } },
    { name: "constructor.__proto__", description: "Odd", inputSchema: true },
  ]);

  test.each([
    ["a part of its name in camel case", "http status", "getHTTPStatus"],
    ["its whole name", "gethttpstatus", "getHTTPStatus"],
    ["its title", "harbour", "a"],
    ["its description", "steers", "a"],
    ["a word with a hump in it", "github", "b"],
    ["a parameter's name, however deep", "colour", "b"],
    ["a parameter's description", "paint", "b"],
    ["the beginning of a word", "harb", "a"],
    ["a word with a slip of the pen", "harbor", "a"],
    ["a name that means something in JavaScript", "constructor proto", "constructor.__proto__"],
  ])("by %s", async (_, query, name) => {
    expect(names(await search(query, 10))).toEqual([name]);
  });

  test("by the name of its backend", async () => {
    const memory = searchOver([tool("open_nodes", "Opens nodes"), tool("read_graph", "Reads all")], "memory");
    expect(names(await memory("memory", 10)).toSorted()).toEqual(["open_nodes", "read_graph"]);
  });

  test.each(["", "of the", "?!", "zebra", "st"])("not by %j", async (query) => {
    expect(await search(query, 10)).toEqual([]);
  });
});

describe("what is found", () => {
  test("has the best first: names say more than descriptions, and descriptions more than parameters", async () => {
    const [named, described, taken] = [
      tool("invoice", "Something"),
      tool("one", "Prints an invoice"),
      tool("two", "Something", { invoice: "Something" }),
    ] as const;
    expect(names(await searchOver([described, named])("invoice", 10))).toEqual(["invoice", "one"]);
    expect(names(await searchOver([taken, described])("invoice", 10))).toEqual(["one", "two"]);
    expect(names(await searchOver([described, named])("invoice", 1))).toEqual(["invoice"]);
  });

  test("is there whatever another tool has for a description", async () => {
    const odd = { ...tool("odd", ""), title: { toString: 1 }, description: { toString: 1 } };
    expect(names(await searchOver([odd, tool("invoice", "Something")])("invoice", 10))).toEqual(["invoice"]);
  });

  test("leaves out what only shares a word with the query, when something else has them all", async () => {
    const found = names(await searchOver(market)("create pull request", 50));
    expect(found[0]).toBe("github_createPullRequest");
    expect(found).not.toContain("gmail/createLabel");
  });

  test("is what a model gets of a definition, in the backend's own words", async () => {
    const text =
      '{"title":"T","name":"l\\u006fg","inputSchema":{ "type":"object","default":1.0},"annotations":{},' +
      '"description":"old","outputSchema":{},"description":"D\\/"}';
    expect(await searchIn(`[${text}]`)("log", 1)).toEqual([
      '{"name":"l\\u006fg","description":"D\\/","inputSchema":{ "type":"object","default":1.0}}',
    ]);
    expect(await searchIn('[{"name":"log","inputSchema":{}}]')("log", 1)).toEqual(['{"name":"log","inputSchema":{}}']);
  });
});
