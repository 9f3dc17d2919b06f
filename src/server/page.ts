// The page at "/": what this is and how to connect a client.
import { pageHeaders } from "./headers.ts";

const STYLE =
  "body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem } code, pre { font-size: 0.9em }";

/** `origin` is the address that the reader used. */
export function page(version: string, origin: string): Response {
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Argus MCP</title>
<style>${STYLE}</style>
<h1>Argus MCP ${escapeHtml(version)}</h1>
<p>One gateway in front of many MCP servers. Point your MCP client at one of these:</p>
<ul>
<li>Streamable HTTP: <code>${escapeHtml(origin)}/mcp</code></li>
<li>HTTP+SSE: <code>${escapeHtml(origin)}/sse</code></li>
</ul>
<p>A client that reads a configuration file takes:</p>
<pre>{ "mcpServers": { "argus": { "url": "${escapeHtml(origin)}/mcp" } } }</pre>
<p>One group of backends: <code>/mcp/{group}</code>, <code>/sse/{group}</code>. Health: <a href="/manage/v1/health">/manage/v1/health</a>.</p>
</html>
`;
  return new Response(html, { headers: pageHeaders(STYLE) });
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
