// The backend of the bench: a raw MCP server on stdio, `echo.ts [TOOLS]`, whose first tool returns its text argument.
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

const tools = JSON.stringify({ tools: Array.from({ length: Number(Bun.argv[2] ?? 1) }, (_, index) => tool(index)) });

function result(message: Message): string | undefined {
  switch (message.method) {
    case "initialize":
      return JSON.stringify({
        protocolVersion: message.params?.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: "echo", version: "1.0.0" },
      });
    case "ping":
      return "{}";
    case "tools/list":
      return tools;
    case "tools/call":
      return JSON.stringify({ content: [{ type: "text", text: message.params?.arguments?.text }] });
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
