// The backend of the bench: a raw MCP server on stdio, `echo.ts [TOOLS] [modern]`, whose first tool returns its text argument.
import { lineWriter, readLines } from "./lines.ts";

interface Message {
  id?: string | number;
  method: string;
  params?: { protocolVersion?: string; arguments?: { text?: string } };
}

/** A tool of about 650 bytes, which is what tools of real servers weigh. */
function tool(index: number): object {
  return {
    name: index === 0 ? "echo" : `search_records_${index}`,
    title: `Search records ${index}`,
    description:
      "Searches the records of a collection and returns those that match, best first. Use it when the user asks for " +
      "something by its content; to fetch a record whose identifier is known, use the tool that reads it instead.",
    inputSchema: {
      type: "object",
      properties: {
        text: { type: "string", description: "What to look for, in plain words" },
        limit: { type: "integer", minimum: 1, maximum: 100, default: 20, description: "How many records to return" },
        cursor: { type: "string", description: "Where the page before this one ended" },
      },
      required: ["text"],
    },
    annotations: { readOnlyHint: true, openWorldHint: false },
  };
}

const [count = "1", era] = Bun.argv.slice(2);
const modern = era === "modern";

/** What every result of the modern era says, and what those that may be kept say besides. */
const complete = modern ? { resultType: "complete" } : {};
const kept = modern ? { ...complete, ttlMs: 60_000, cacheScope: "public" } : {};

const tools = JSON.stringify({ tools: Array.from({ length: Number(count) }, (_, index) => tool(index)), ...kept });

const itself = { capabilities: { tools: {} }, serverInfo: { name: "echo", version: "1.0.0" } };

function result(message: Message): string | undefined {
  switch (message.method) {
    case "initialize":
      return modern ? undefined : JSON.stringify({ protocolVersion: message.params?.protocolVersion, ...itself });
    case "server/discover":
      return modern ? JSON.stringify({ supportedVersions: ["2026-07-28"], ...itself, ...kept }) : undefined;
    case "ping":
      return "{}";
    case "tools/list":
      return tools;
    case "tools/call":
      return JSON.stringify({ content: [{ type: "text", text: message.params?.arguments?.text }], ...complete });
    default:
      return undefined;
  }
}

const write = lineWriter(Bun.stdout.writer());

await readLines(Bun.stdin.stream(), (line) => {
  const message: Message = JSON.parse(line.toString());
  if (message.id === undefined) return;
  const answer = result(message);
  const outcome = answer ? `"result":${answer}` : `"error":{"code":-32601,"message":"Method not found"}`;
  write(`{"jsonrpc":"2.0","id":${JSON.stringify(message.id)},${outcome}}`);
});
