// The newest calls that a policy has denied.
import { expect, test } from "bun:test";
import { Denials } from "../../../src/observe/denials.ts";
import { request } from "../../../src/protocol/message.ts";
import { upstream } from "../gateway/stand-ins.ts";
import { caller, endings } from "./calling.ts";

const route = { upstream: upstream("files"), original: "erase" };
const begin = ({ observer }: Denials, name = "erase_all") =>
  observer.begin(request(1, "tools/call", { name, arguments: { path: "/" } }), caller);

test("says who wanted what, and what decided", () => {
  const denials = new Denials();
  const entry = begin(denials);
  entry.denied?.("authorization.policies.0", route);
  entry.end(endings.unknown);
  expect(denials.newest).toStrictEqual([
    {
      timestamp: expect.stringMatching(/Z$/),
      ...{ session: "public-id", user: null, method: "tools/call", name: "erase_all", backend: "files" },
      by: "authorization.policies.0",
    },
  ]);
});

test("what went elsewhere, or nowhere at all, was not denied", () => {
  const denials = new Denials();
  const elsewhere = begin(denials);
  elsewhere.denied?.("authorization.policies.0", route);
  elsewhere.routed(route);
  elsewhere.end(endings.success);
  begin(denials).end(endings.unknown);
  expect(denials.newest).toEqual([]);
});

test("keeps the newest hundred, and no name of any length", () => {
  const denials = new Denials();
  for (let count = 0; count < 150; count++) {
    const entry = begin(denials, `${count}`.padEnd(10_000, "-"));
    entry.denied?.("authorization.default_effect", route);
    entry.end(endings.unknown);
  }
  const names = denials.newest.map(({ name }) => name ?? "");
  expect(names.map((name) => Number.parseInt(name, 10))).toEqual(Array.from({ length: 100 }, (_, index) => 50 + index));
  expect(names.every(({ length }) => length === 512)).toBe(true);
});
