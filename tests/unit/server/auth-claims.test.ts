// Whom a token stands for, and in which roles.
import { describe, expect, test } from "bun:test";
import { subjectOf } from "../../../src/server/auth-claims.ts";

const roles = (claims: object, named?: string) => subjectOf({ sub: "ann", ...claims }, named).roles;

describe("roles are", () => {
  test.each<[string, object, string[]]>([
    ["those of `roles`", { roles: ["a", "b"], realm_access: { roles: ["c"] }, scope: "d" }, ["a", "b"]],
    ["none where `roles` is empty", { roles: [], scope: "d" }, []],
    ["else those of the realm", { realm_access: { roles: ["c"] }, scope: "d" }, ["c"]],
    ["else the words of the scope", { realm_access: {}, scope: "d  e:f" }, ["scope:d", "scope:e:f"]],
    ["none where nothing is said", {}, []],
    ["one where `roles` is a text", { roles: "guest of admin" }, ["guest of admin"]],
    ["nothing but texts", { roles: ["a", 1, null, { b: 1 }, ["c"]] }, ["a"]],
    ["none of a scope that is a list", { scope: ["admin"] }, []],
  ])("%s", (_, claims, expected) => expect(roles(claims)).toEqual(expected));

  test.each<[string, string, object, string[]]>([
    ["those of the claim that was named", "groups", { groups: ["a"], roles: ["b"] }, ["a"]],
    ["none without it, whatever else there is", "groups", { roles: ["b"], scope: "c" }, []],
    [
      "found at the end of a path",
      "resource_access.argus.roles",
      { resource_access: { argus: { roles: ["a"] } } },
      ["a"],
    ],
    ["found under a name with dots", "https://a.example/roles", { "https://a.example/roles": ["a"] }, ["a"]],
    ["not what every object has", "constructor.name", {}, []],
    ["not what every text has", "sub.length", {}, []],
  ])("%s", (_, named, claims, expected) => expect(roles(claims, named)).toEqual(expected));
});

test("the issuer vouches for the subject", () => {
  expect(subjectOf({ sub: "ann", iss: "https://login.example" })).toEqual({
    ...{ subject: "ann", issuer: "https://login.example", roles: [] },
  });
  expect(subjectOf({ sub: "ann" }).issuer).toBeNull();
});

test.each([[undefined], [""], [1], [null], [["ann"]]])("a subject %j is none", (sub) => {
  expect(() => subjectOf({ sub })).toThrow("does not say whom it stands for");
});
