// All that the gateway changes in a message but for the ids of requests, between clients and backends of both eras.
import { expect } from "bun:test";
import { member, members, objectOf } from "../fixtures/raw-json.ts";
import { enveloped, envelopeOf, usual } from "../fixtures/raw-modern-client.ts";

export type Era = "legacy" | "modern";

/** The progress token of clients, as it stands in their requests. */
export const TOKEN = '"mine"';

const SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId";

type Members = Map<string, string>;

export interface Pair {
  client: Era;
  backend: Era;
}

type Kind = "request" | "result" | "error" | "question" | "notification" | "capabilities";

interface Translation extends Partial<Pair> {
  what: string;
  of: Kind;
  methods?: string[];
  /** Changes what was sent; what came has what nobody but the gateway can know. */
  apply(sent: Members, came: Members): void;
}

/** By the eras of client and backend; whatever they are, where none is named. */
const TRANSLATIONS: Translation[] = [
  {
    what: "a progress token is that of one connection",
    of: "request",
    apply: withTokenOf,
  },
  {
    what: "and so in questions, but for those that are input to a call and belong to no connection",
    ...{ of: "question", client: "legacy" },
    apply: withTokenOf,
  },
  {
    what: "a request to a modern server says who sends it",
    ...{ of: "request", client: "legacy", backend: "modern" },
    apply: (params) => replaced(params, members(enveloped(objectOf(params)))),
  },
  {
    what: "a legacy server was told so by initialize",
    ...{ of: "request", client: "modern", backend: "legacy" },
    apply: (params) => inside(params, "_meta", (meta) => without(meta, ...Object.keys(envelopeOf(usual)))),
  },
  {
    what: "a result for a legacy client has no type, and nothing about how long it may be kept",
    ...{ of: "result", client: "legacy", backend: "modern" },
    apply: (result) => without(result, "resultType", "ttlMs", "cacheScope"),
  },
  {
    what: "and structured content is an object there",
    ...{ of: "result", client: "legacy", backend: "modern" },
    apply(result) {
      const content = result.get("structuredContent");
      if (content !== undefined && !content.startsWith("{")) result.set("structuredContent", `{"result":${content}}`);
    },
  },
  {
    what: "a result for a modern client is complete",
    ...{ of: "result", client: "modern", backend: "legacy" },
    apply: (result) => replaced(result, new Map([["resultType", '"complete"'], ...result])),
  },
  {
    what: "and a resource may be kept by nobody, where nobody says otherwise",
    ...{ of: "result", client: "modern", backend: "legacy", methods: ["resources/read"] },
    apply: (result) => replaced(result, new Map([["ttlMs", "0"], ["cacheScope", '"private"'], ...result])),
  },
  {
    what: "that a resource is not there has another code",
    ...{ of: "error", client: "modern", backend: "legacy" },
    apply: (error) => void (error.get("code") === "-32002" && error.set("code", "-32602")),
  },
  {
    what: "a page to open has an id in the legacy era, which tells of its end by it",
    ...{ of: "question", client: "legacy", backend: "modern" },
    apply(params, came) {
      const id = came.get("elicitationId") ?? "none";
      if (params.get("mode") === '"url"') replaced(params, new Map([["elicitationId", id], ...params]));
    },
  },
  {
    what: "and none in the modern one",
    ...{ of: "question", client: "modern", backend: "legacy" },
    apply: (params) => without(params, "elicitationId"),
  },
  {
    what: "progress goes under the token of who wants to know",
    ...{ of: "notification", methods: ["notifications/progress"] },
    apply: (params) => replaced(params, new Map([["progressToken", TOKEN], ...params])),
  },
  {
    what: "a modern client is told by which subscription it hears of something",
    ...{ of: "notification", client: "modern", methods: ["notifications/resources/updated"] },
    apply(params, came) {
      const id = member(came.get("_meta") ?? "{}", SUBSCRIPTION);
      const meta = objectOf([[SUBSCRIPTION, id], ...members(params.get("_meta") ?? "{}")]);
      replaced(params, params.has("_meta") ? params.set("_meta", meta) : new Map([["_meta", meta], ...params]));
    },
  },
  {
    what: "a modern server can be told neither of tasks as they were, nor that roots have changed",
    ...{ of: "capabilities", client: "legacy", backend: "modern" },
    apply(capabilities) {
      without(capabilities, "tasks");
      capabilities.set("roots", "{}");
    },
  },
];

function withTokenOf(sent: Members, came: Members): void {
  const token = member(came.get("_meta") ?? "{}", "progressToken");
  inside(sent, "_meta", (meta) => void (meta.has("progressToken") && meta.set("progressToken", token)));
}

function without(object: Members, ...keys: string[]): void {
  for (const key of keys) object.delete(key);
}

function replaced(object: Members, by: Members): void {
  const all = [...by];
  object.clear();
  for (const [key, text] of all) object.set(key, text);
}

function inside(object: Members, key: string, change: (inner: Members) => void): void {
  const inner = members(object.get(key) ?? "{}");
  change(inner);
  object.set(key, objectOf(inner));
}

/** Holds what came between these eras to what was sent, but for the translations that belong to such a message. */
export function expectTranslated(pair: Pair, [of, method]: [Kind, string], sent: string, came: string): void {
  const fitting = TRANSLATIONS.filter(
    (each) => fits(each, pair) && each.of === of && (each.methods?.includes(method) ?? true),
  );
  const expected = members(sent);
  for (const { apply } of fitting) apply(expected, members(came));
  expect(came, fitting.map(({ what }) => what).join("; ")).toBe(objectOf(expected));
}

function fits({ client, backend }: Partial<Pair>, pair: Pair): boolean {
  return (client ?? pair.client) === pair.client && (backend ?? pair.backend) === pair.backend;
}
