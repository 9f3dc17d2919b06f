// The Streamable HTTP endpoint (2025-03-26 to 2025-11-25, Transports): sessions, POST, the GET stream, resumption, DELETE.
import { GatewayError } from "../errors.ts";
import type { Caller, Identity, Message } from "../model.ts";
import { EventConnection } from "../observe/event-stream.ts";
import { errorText } from "../protocol/error.ts";
import { kindOf } from "../protocol/message.ts";
import { isModernMessage, isModernVersion } from "../protocol/modern-request.ts";
import { hasBatches, hasPrimingEvents, isSupported } from "../protocol/version.ts";
import type { ReadMessages } from "./body.ts";
import type { Edge } from "./edge.ts";
import { JSON_HEADERS } from "./headers.ts";
import type { Modern } from "./modern.ts";
import type { Patience } from "./patience.ts";
import { refuse, refuseWith } from "./refusal.ts";
import { Reply, type ReplyOptions } from "./reply.ts";
import type { ClientSession, SessionOptions } from "./session.ts";
import type { Sessions } from "./sessions.ts";

export interface EndpointOptions extends Omit<SessionOptions, "transport" | "group" | "address" | "identity"> {
  edge: Edge;
  sessions: Sessions;
  /** Takes what is of the era without sessions. */
  modern: Modern;
  read: ReadMessages;
  /** With answers that a client waits for the head of. */
  headPatience: Patience;
  /** The largest body, in bytes. */
  bodyLimit(): number;
  /** Whether new work is refused because the program is about to end. */
  stopping(): boolean;
}

/** Who asks: as whom, through which group, and from which address. */
export interface Visitor {
  identity: Identity;
  group: string | null;
  address(): string | null;
}

export type Endpoint = (request: Request, visitor: Visitor) => Response | Promise<Response>;

/** Makes the handler of `/mcp` and `/mcp/{group}`. */
export function mcpEndpoint(options: EndpointOptions): Endpoint {
  return (request, visitor) => {
    switch (request.method) {
      case "POST":
        return post(request, visitor, options);
      case "GET":
        if (options.stopping()) return refuseWork();
        return withSession({ request, visitor, options }, (session) => listen(request, session, options));
      case "DELETE":
        return withSession({ request, visitor, options }, (session) => {
          options.sessions.end(session);
          return new Response(null, { status: 204 });
        });
      default:
        return refuse(405, `${request.method} is not supported here`, { allow: "GET, POST, DELETE" });
    }
  };
}

/** Finds the session that a request names, or refuses it with the status that makes a client start anew. */
function withSession<Result>(
  { request, visitor, options }: { request: Request; visitor: Visitor; options: EndpointOptions },
  use: (session: ClientSession) => Result,
): Result | Response {
  const key = request.headers.get("mcp-session-id");
  if (key === null && isModernRequest(request))
    return refuse(405, "without sessions there is only POST", { allow: "POST" });
  if (key === null) return refuse(400, "the Mcp-Session-Id header is missing; send initialize first");
  const session = options.sessions.find(key, visitor);
  if (session?.transport !== "streamable-http" || session.group !== visitor.group)
    return refuse(404, "no such session; send initialize again without Mcp-Session-Id");
  const version = request.headers.get("mcp-protocol-version");
  if (version !== null && !isSupported(version)) return refuse(400, `unsupported MCP-Protocol-Version: ${version}`);
  return use(session);
}

async function post(request: Request, visitor: Visitor, options: EndpointOptions): Promise<Response> {
  const accepts = accepted(request.headers.get("accept"));
  if (!accepts.json && !accepts.events) return refuse(406, "Accept must list application/json and text/event-stream");
  if (!request.headers.get("content-type")?.toLowerCase().includes("application/json"))
    return refuse(415, "Content-Type must be application/json");
  const body = await options.read(request, options.bodyLimit());
  if (body instanceof Response) return body;
  if (Array.isArray(body)) options.edge.count(visitor, body.length - 1);
  if (isModernBody(body, request)) {
    if (Array.isArray(body)) return refuse(400, "modern requests come one at a time");
    return options.modern.handle({ request, visitor, message: body, accepts });
  }
  if (options.stopping() && hasRequest(body)) return refuseWork();
  if (!Array.isArray(body) && body.body.method === "initialize" && !request.headers.has("mcp-session-id")) {
    return initialize(body, visitor, options);
  }
  return withSession({ request, visitor, options }, (session) => {
    if (Array.isArray(body) && !hasBatches(session.version)) {
      return refuse(400, `protocol version ${session.version} has no batches`);
    }
    return answer(session, body, { accepts, patience: options.headPatience });
  });
}

/** Whether a request that names no session is of the era that has none. */
function isModernRequest({ headers }: Request): boolean {
  return isModernVersion(headers.get("mcp-protocol-version"));
}

/** Whether a body is of the modern era; whoever has a session speaks as it was opened, unless the message itself says otherwise. */
function isModernBody(body: Message | Message[], { headers }: Request): boolean {
  const version = headers.has("mcp-session-id") ? null : headers.get("mcp-protocol-version");
  return Array.isArray(body)
    ? body.some((message) => isModernMessage(message, version))
    : isModernMessage(body, version);
}

/** Whether a body asks for anything: answers and cancellations are welcome to the end. */
export function hasRequest(body: Message | Message[]): boolean {
  return [body].flat().some((message) => kindOf(message) === "request");
}

/** Refuses what would begin while the program ends. */
export function refuseWork(): Response {
  return refuse(503, "the gateway is shutting down", { "retry-after": "5" });
}

/** A request without this header would be one of a tool such as curl, which takes anything. */
function accepted(accept: string | null) {
  const any = accept === null || accept.includes("*/*");
  return {
    json: any || accept.includes("application/json") || accept.includes("application/*"),
    events: any || accept.includes("text/event-stream"),
  };
}

async function initialize(message: Message, visitor: Visitor, options: EndpointOptions): Promise<Response> {
  if (kindOf(message) !== "request") return refuse(400, "initialize must be a request");
  try {
    const session = options.sessions.open({
      ...options,
      ...visitor,
      address: visitor.address(),
      transport: "streamable-http",
    });
    const text = await session.take(message, session);
    return new Response(text, { headers: { ...JSON_HEADERS, "mcp-session-id": session.key } });
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return refuseWith(error, 503, { "retry-after": "10" });
  }
}

/** Takes the messages of one POST; requests share one reply. */
function answer(
  session: ClientSession,
  body: Message | Message[],
  how: Pick<ReplyOptions, "accepts" | "patience">,
): Response | Promise<Response> {
  const messages = Array.isArray(body) ? body : [body];
  const requests = messages.filter((message) => kindOf(message) === "request");
  if (requests.length === 0) {
    for (const message of messages) void session.take(message, session);
    return new Response(null, { status: 202 });
  }
  const reply = new Reply({
    expected: requests.length,
    batch: Array.isArray(body),
    ...how,
    stream: () => openStream(session),
    elsewhere: (text) => session.main.send(text),
  });
  const caller = callerOf(session, reply);
  for (const message of messages) {
    const taken = session.take(message, caller);
    if (kindOf(message) === "request") void finish(taken, message, reply);
  }
  return reply.response;
}

async function finish(taken: Promise<string | undefined>, { body }: Message, reply: Reply): Promise<void> {
  try {
    reply.finish(await taken);
  } catch (error) {
    reply.finish(errorText(body.id ?? null, error));
  }
}

/** The way back that belongs to one POST: messages about its requests go on its own stream and no other. */
function callerOf(session: ClientSession, reply: Reply): Caller {
  const send = (text: string) => reply.send(text);
  return {
    session,
    identity: session.identity,
    ask: (message, options) => session.ask(message, options, send),
    notify: ({ text }) => send(text),
  };
}

function openStream(session: ClientSession) {
  const channel = session.newChannel();
  const connection = new EventConnection(() => undefined);
  // Bun sends the head of a response with its first bytes, and a client may wait for the head.
  connection.write(": open\n\n");
  channel.attach(connection);
  if (hasPrimingEvents(session.version)) channel.prime();
  return { channel, connection };
}

/** Opens the stream for what belongs to no request, or one that broke off, after the event that the client has seen last. */
function listen(request: Request, session: ClientSession, { sessions }: EndpointOptions): Response {
  if (!accepted(request.headers.get("accept")).events) return refuse(406, "Accept must list text/event-stream");
  session.touch();
  const lastEvent = request.headers.get("last-event-id");
  const resumed = lastEvent === null ? undefined : session.resume(lastEvent);
  if (lastEvent !== null && !resumed) return refuse(400, `nothing is left to resume after event ${lastEvent}`);
  const channel = resumed?.channel ?? session.main;
  const connection = new EventConnection(() => session.touch());
  connection.write(": open\n\n");
  channel.attach(connection, resumed?.sequence);
  session.onExpiry(() => sessions.silence(session));
  return connection.response;
}
