// What a request of the modern era says of itself, in its metadata and in its headers (2026-07-28, Base Protocol and Transports).
import { GatewayError } from "../errors.ts";
import type { JsonObject, Message } from "../model.ts";
import { META, withoutTasks, withoutTasksExtension } from "./envelope.ts";
import { edit, pick } from "./json.ts";
import { knownLevel } from "./log-level.ts";
import { isObject, request } from "./message.ts";
import { decodeHeader, NAME_PARAMS } from "./modern-header.ts";
import { ALL_VERSIONS, isModern, isSupported, LATEST_VERSION, MODERN_VERSION } from "./version.ts";

/** Gives the value of a header, or null. */
export type HeaderOf = (name: string) => string | null;

/** What a client says of itself with every request. */
export interface Envelope {
  readonly capabilities: JsonObject;
  /** How the client calls itself, if it does. */
  readonly clientInfo?: JsonObject;
  /** The least severe log messages that it wants; none where it says nothing. */
  readonly logLevel?: string;
  readonly progressToken: unknown;
}

/** Whether a message is of the modern era, by what it says or else by the header of its version. */
export function isModernMessage({ body }: Message, header: string | null): boolean {
  const meta = body.params?._meta;
  const claim = isObject(meta) ? meta[META.version] : undefined;
  return (claim !== undefined && !isSupported(claim)) || isModernVersion(header);
}

/** Whether the header of a version names one of the modern era; what is no date names none. */
export function isModernVersion(header: string | null): boolean {
  return header !== null && /^\d{4}-\d\d-\d\d$/.test(header) && isModern(header);
}

/** Reads what a request says of itself. Throws GatewayError where something is missing, or where headers and body disagree. */
export function readEnvelope({ body }: Message, header: HeaderOf): Envelope {
  const { method = "", params = {} } = body;
  const meta = isObject(params._meta) ? params._meta : {};
  const { [META.version]: version, [META.capabilities]: capabilities } = meta;
  if (typeof version !== "string" || !isObject(capabilities))
    throw new GatewayError("invalid_params", incomplete(meta));
  mustAgree(header, { method, params, version });
  if (version !== MODERN_VERSION)
    throw new GatewayError("unsupported_version", `protocol version ${version} is not supported`, {
      supported: ALL_VERSIONS,
      requested: version,
    });
  return { capabilities, ...optional(meta), progressToken: meta.progressToken };
}

/**
 * What a request says of its client as the `initialize` request of a legacy one, word for word: a server may know more of it than this
 * gateway does. Of modern tasks it knows nothing.
 */
export function helloOf({ text }: Message, { capabilities, clientInfo = UNNAMED }: Envelope): Message {
  const able = withoutTasksExtension(capabilities);
  const hello = request(0, "initialize", { protocolVersion: LATEST_VERSION, capabilities: able, clientInfo });
  const meta = pick(text, ["params", "_meta"]) ?? "{}";
  const declared = pick(meta, [META.capabilities]);
  const named = pick(meta, [META.client]);
  const params = { ...(declared && { capabilities: withoutTasks(declared) }), ...(named && { clientInfo: named }) };
  return { text: edit(hello.text, { params }), body: hello.body };
}

const UNNAMED = { name: "unnamed client", version: "" };

function incomplete(meta: JsonObject): string {
  const wrong =
    typeof meta[META.version] === "string" ? `${META.capabilities}, an object` : `${META.version}, a string`;
  return `"_meta" must have ${wrong}`;
}

function optional({
  [META.client]: clientInfo,
  [META.level]: logLevel,
}: JsonObject): Pick<Envelope, "clientInfo" | "logLevel"> {
  if (clientInfo !== undefined && !isObject(clientInfo))
    throw new GatewayError("invalid_params", `"_meta" must have an object for ${META.client}`);
  if (logLevel === undefined) return clientInfo ? { clientInfo } : {};
  const level = knownLevel(logLevel);
  return clientInfo ? { clientInfo, logLevel: level } : { logLevel: level };
}

/** Whoever has looked at the headers alone must not have seen another request (2026-07-28, Transports, Server Validation). */
function mustAgree(header: HeaderOf, said: { method: string; params: JsonObject; version: string }): void {
  mustBe("MCP-Protocol-Version", header("mcp-protocol-version"), said.version);
  mustBe("Mcp-Method", header("mcp-method"), said.method);
  const name = said.params[NAME_PARAMS.get(said.method) ?? ""];
  if (typeof name === "string") mustBe("Mcp-Name", header("mcp-name"), name);
}

function mustBe(name: string, sent: string | null, expected: string): void {
  if (sent === expected && !sent.startsWith("=?base64?")) return;
  if (sent === null) throw new GatewayError("header_mismatch", `the header ${name} is missing`);
  if (decodeHeader(sent) === expected) return;
  throw new GatewayError(
    "header_mismatch",
    `the header ${name} is ${JSON.stringify(sent)}, but the body says ${JSON.stringify(expected)}`,
  );
}
