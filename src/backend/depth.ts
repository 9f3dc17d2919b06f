// What backends nest deeper than any reader goes: to say it again would fail, and everything else that is said with it.
import type { Item, JsonObject } from "../model.ts";
import { isObject } from "../protocol/message.ts";

/** So many levels the most patient of the usual readers take. */
const DEEPEST = 1_000;

export const TOO_DEEP = `it is nested deeper than ${DEEPEST} levels`;

/** Whether a parsed value is nested deeper than that. */
export function isTooDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) return true;
    level = level.flatMap((each) => (typeof each === "object" && each !== null ? Object.values(each) : []));
  }
  return false;
}

/** Members whose own members stand each for itself. */
const PARTS: ReadonlySet<string> = new Set(["capabilities", "experimental", "extensions"]);

/** What a backend says of itself, without what is nested too deep; `leave` hears the keys that led to it. */
export function withoutDepths(hello: Item, leave: (path: string) => void): Item {
  if (!isTooDeep(hello.body)) return hello;
  const body = shallow(hello.body, [], leave);
  return { text: JSON.stringify(body), body };
}

function shallow(body: JsonObject, path: readonly string[], leave: (path: string) => void): JsonObject {
  return Object.fromEntries(
    Object.entries(body).flatMap(([key, value]) => {
      const here = [...path, key];
      if (!isTooDeep(value)) return [[key, value]];
      if (PARTS.has(key) && isObject(value)) return [[key, shallow(value, here, leave)]];
      leave(here.join("."));
      return [];
    }),
  );
}
