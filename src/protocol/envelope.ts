// What each request of the modern era says of its sender, in `_meta` (2026-07-28, Per-Request Metadata).
import type { JsonObject, Message } from "../model.ts";
import { edit, omit } from "./json.ts";
import { isObject } from "./message.ts";
import { MODERN_VERSION } from "./version.ts";

const PREFIX = "io.modelcontextprotocol/";

export const META = {
  version: `${PREFIX}protocolVersion`,
  client: `${PREFIX}clientInfo`,
  capabilities: `${PREFIX}clientCapabilities`,
  level: `${PREFIX}logLevel`,
  server: `${PREFIX}serverInfo`,
  subscription: `${PREFIX}subscriptionId`,
} as const;

/** The extension for tasks (SEP-2663). */
export const TASKS = `${PREFIX}tasks`;

const ENVELOPE: ReadonlySet<string> = new Set([META.version, META.client, META.capabilities, META.level]);

/** The parameter that asks for a task (2025-11-25, Tasks). */
const LEGACY_TASK: ReadonlySet<string> = new Set(["task"]);

/** Members of `_meta` as JSON text, by key. */
export type Envelope = Readonly<Record<string, string>>;

export interface Sender {
  /** JSON text. */
  capabilities: string;
  /** JSON text. */
  info: string;
  /** The least severe log messages that it wants; without one it gets none. */
  level?: string | undefined;
}

/** Says who sends a request. */
export function envelopeOf({ capabilities, info, level }: Sender): Envelope {
  return {
    [META.version]: JSON.stringify(MODERN_VERSION),
    [META.client]: info,
    [META.capabilities]: capabilities,
    ...(level !== undefined && { [META.level]: JSON.stringify(level) }),
  };
}

/** Whether a request says by itself who sends it. */
export function hasEnvelope({ params }: Message["body"]): boolean {
  return isObject(params?._meta) && params._meta[META.version] !== undefined;
}

/** The least severe log messages that the sender wants, where it says so. */
export function logLevelOf({ body: { params } }: Message): string | undefined {
  const level = isObject(params?._meta) ? params._meta[META.level] : undefined;
  return typeof level === "string" ? level : undefined;
}

/** The same request as legacy backends know it: who sends it was said once, by `initialize`. It wants no task of theirs, which it could not follow. */
export function withoutEnvelope({ text, body }: Message): Message {
  const plain = body.params?.task === undefined ? text : omit(text, ["params"], LEGACY_TASK);
  return { text: omit(plain, ["params", "_meta"], ENVELOPE), body };
}

/** What a legacy client declares (JSON text), as a modern server may take it: tasks were another thing then, and roots do not tell any more when they change. */
export function modernCapabilities(declared: string): string {
  return edit(withoutTasks(omit(declared, [], new Set(["tasks"]))), { roots: "{}" });
}

/** Capabilities (JSON text) without the extension for tasks. */
export function withoutTasks(declared: string): string {
  return omit(declared, ["extensions"], new Set([TASKS]));
}

/** The same of what was parsed: the modern era's are nothing that the legacy era could follow, though it has a name for them. */
export function withoutTasksExtension({ extensions, ...capabilities }: JsonObject): JsonObject {
  const { [TASKS]: _, ...others } = isObject(extensions) ? extensions : {};
  return Object.keys(others).length > 0 ? { ...capabilities, extensions: others } : capabilities;
}
