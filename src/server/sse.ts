// The HTTP+SSE endpoint of 2024-11-05: one stream for all that goes to the client, POSTs for all that comes.
import { GatewayError } from "../errors.ts";
import { EventConnection } from "../observe/event-stream.ts";
import { type Endpoint, type EndpointOptions, hasRequest, refuseWork } from "./mcp.ts";
import { refuse, refuseWith } from "./refusal.ts";

/** Makes the handler of `/sse` and `/sse/{group}`. A session lives as long as its stream. */
export function sseEndpoint(options: EndpointOptions): Endpoint {
  return (request, visitor) => {
    if (request.method !== "GET")
      return refuse(405, "connect with GET; clients of Streamable HTTP use /mcp", { allow: "GET" });
    if (options.stopping()) return refuseWork();
    try {
      const session = options.sessions.open({
        ...options,
        ...visitor,
        address: visitor.address(),
        transport: "sse",
      });
      const connection = new EventConnection(() => options.sessions.end(session));
      // A proxy that serves this under a prefix says so here; the address must hold it.
      const prefix = request.headers.get("x-forwarded-prefix")?.replace(/\/$/, "") ?? "";
      connection.write(`event: endpoint\ndata: ${prefix}/messages?sessionId=${session.key}\n\n`);
      session.main.attach(connection);
      session.onExpiry(() => options.sessions.silence(session));
      return connection.response;
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return refuseWith(error, 503, { "retry-after": "10" });
    }
  };
}

/** Makes the handler of `/messages?sessionId=…`; answers 202, the response itself comes on the stream. */
export function messagesEndpoint(options: EndpointOptions): Endpoint {
  const { sessions, edge, read, bodyLimit, stopping } = options;
  return async (request, visitor) => {
    if (request.method !== "POST") return refuse(405, "messages are sent with POST", { allow: "POST" });
    const body = await read(request, bodyLimit());
    if (body instanceof Response) return body;
    if (Array.isArray(body)) edge.count(visitor, body.length - 1);
    if (stopping() && hasRequest(body)) return refuseWork();
    const session = sessions.find(new URL(request.url).searchParams.get("sessionId") ?? "", visitor);
    if (session?.transport !== "sse") return refuse(404, "no such session; connect to /sse again");
    for (const message of [body].flat()) {
      void session.take(message, session).then((text) => text !== undefined && session.main.send(text));
    }
    return new Response("Accepted", { status: 202 });
  };
}
