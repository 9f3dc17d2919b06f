// What an HTTP backend says when it refuses a request: in words to show, and as the JSON-RPC error that it may be.
import type { IncomingMessage } from "node:http";
import { GatewayError } from "../errors.ts";
import type { JsonObject } from "../model.ts";
import { excerpt } from "../observe/excerpt.ts";
import { put } from "../protocol/json.ts";
import { isObject, parse } from "../protocol/message.ts";
import type { Credentials } from "./credentials.ts";
import { readText } from "./request.ts";

/** So much of a body is shown, in characters. */
const SHOWN = 300;

export interface Refusal {
  status: number;
  body: string;
  /** In one sentence, without the token. */
  what: string;
  /** The JSON-RPC error that the body is, if it is one. */
  error: JsonObject | undefined;
}

/** Reads a response that is no success. Throws GatewayError `unauthorized` when it asks for other credentials. */
export async function refusalOf(response: IncomingMessage, credentials: Credentials | undefined): Promise<Refusal> {
  const body = await readText(response);
  const status = response.statusCode ?? 0;
  const what = `answered HTTP ${status}${beginningOf(body, credentials)}`;
  if (status === 401 || status === 403) throw new GatewayError("unauthorized", what);
  return { status, body, what, error: errorOf(body) };
}

/** What a body begins with, to be put behind a sentence about it; nothing of an empty one. */
export function beginningOf(body: string, credentials: Credentials | undefined): string {
  const shown = excerpt(credentials?.hide(body) ?? body, SHOWN);
  return shown && `: ${shown}`;
}

/** The error as the answer to this request: few servers that refuse one say which it was, and some say another. */
export function answerOf({ body }: Refusal, request: number): string {
  return put(body, [], { id: String(request) });
}

function errorOf(body: string): JsonObject | undefined {
  try {
    const { method, error } = parse(body).body;
    return method === undefined && isObject(error) ? error : undefined;
  } catch {
    return undefined;
  }
}
