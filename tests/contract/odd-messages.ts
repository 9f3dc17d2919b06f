// Odd messages of every kind, as text, with what the raw server is told to do when they reach it.
import fc from "fast-check";
import { rawTools } from "../fixtures/raw-backend.ts";
import type { RawClient } from "../fixtures/raw-client.ts";
import { member, objectOf } from "../fixtures/raw-json.ts";
import { members, objectWith, value } from "./odd-json.ts";

/** What a raw server must offer for them. */
export const offer = {
  tools: rawTools,
  prompts: [{ name: "ask" }],
  resources: [{ uri: "raw://resource", name: "resource" }],
  resourceTemplates: [{ uriTemplate: "raw://item/{id}", name: "item" }],
};

const unknownObject = members.map((all) => `{${all.join(",")}}`);

/** The members that requests of these methods need; all others are unknown. */
export const requests: Record<string, fc.Arbitrary<string>[]> = {
  "tools/call": [fc.constant('"name":"call"'), unknownObject.map((text) => `"arguments":${text}`)],
  "prompts/get": [fc.constant('"name":"ask"'), unknownObject.map((text) => `"arguments":${text}`)],
  "resources/read": [fc.constantFrom('"uri":"raw://resource"', '"uri":"raw://item/a%20b"')],
  "completion/complete": [
    objectWith(fc.constant('"type":"ref/prompt"'), fc.constant('"name":"ask"')).map((text) => `"ref":${text}`),
    objectWith(fc.constant('"name":"a"'), fc.constant('"value":"b"')).map((text) => `"argument":${text}`),
  ],
  "vendor/unknown": [],
};

export const questions: Record<string, fc.Arbitrary<string>[]> = {
  "sampling/createMessage": [
    fc.constant('"maxTokens":10'),
    objectWith(fc.constant('"role":"user"')).map((text) => `"messages":[${text}]`),
  ],
  "elicitation/create": [
    fc.constant('"message":"Who?"'),
    objectWith(fc.constant('"type":"object"')).map((text) => `"requestedSchema":${text}`),
  ],
  "vendor/unknown": [],
};

export const notifications: Record<string, fc.Arbitrary<string>[]> = {
  "notifications/message": [fc.constant('"level":"error"'), value.map((text) => `"data":${text}`)],
  "notifications/vendor/unknown": [],
};

export const result = objectWith(objectWith(fc.constant('"type":"vendor"')).map((text) => `"content":[${text}]`));
export const error = objectWith(
  fc.constant('"code":-31000'),
  fc.constant('"message":"No."'),
  value.map((text) => `"data":${text}`),
);
export const outcome = fc.oneof(fc.tuple(fc.constant("result"), result), fc.tuple(fc.constant("error"), error));

const sentToken = '"progressToken":"the token that was sent"';
const token = fc.constantFrom([], [fc.constant(sentToken)]);

/** Parameters with these members and a `_meta` that holds unknown ones, what the fixture is told, and perhaps a token. */
export function params(known: fc.Arbitrary<string>[], told: object = {}): fc.Arbitrary<string> {
  const orders = Object.entries(told).map(([key, order]) => fc.constant(`"test/${key}":${JSON.stringify(order)}`));
  const meta = token.chain((perhaps) => objectWith(...orders, ...perhaps)).map((text) => `"_meta":${text}`);
  return objectWith(...known, meta);
}

/** What was sent, with the token that stands in what came: a token belongs to one connection. */
export function withTokenOf(came: string, sent: string): string {
  return sent.replace(sentToken, () => `"progressToken":${member(member(came, "_meta"), "progressToken")}`);
}

/** Parameters of a call that tells the fixture what to do, perhaps under a progress token, as text. */
export function telling(told: object, progressToken?: string): string {
  const orders = Object.entries(told).map(([key, order]) => [`test/${key}`, JSON.stringify(order)] as const);
  const token = progressToken === undefined ? [] : [["progressToken", progressToken] as const];
  return `{"name":"call","_meta":${objectOf([...orders, ...token])}}`;
}

/** The line on the fixture's stdin that matches, as soon as it has come; forgets the others. */
export async function lineOf(
  client: RawClient,
  matches: (message: { method?: string; params?: Record<string, unknown> }) => boolean,
): Promise<string> {
  for (;;) {
    const answer = JSON.parse(await client.request("tools/call", '{"name":"lines"}'));
    const lines: string[] = answer.result.lines;
    const line = lines.find((text) => matches(JSON.parse(text)));
    if (line !== undefined) return line;
  }
}
