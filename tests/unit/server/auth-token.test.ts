// Where a token stands in a request, and the check of one that all clients share.
import { describe, expect, test } from "bun:test";
import { sharedToken, tokenIn, Unauthenticated } from "../../../src/server/auth-token.ts";

test.each([
  ["Bearer abc", "abc"],
  ["bearer a.b-c_d~e+f/g==", "a.b-c_d~e+f/g=="],
  ["BEARER   abc ", "abc"],
])("%j holds %s", (header, token) => expect(tokenIn(header)).toBe(token));

/** What was thrown, and whether a token was seen. */
function refusal(header: string | null): [message: string, shown: boolean] {
  try {
    return [tokenIn(header), true];
  } catch (error) {
    const { message, shown } = error as Unauthenticated;
    return [message, shown];
  }
}

describe("no token", () => {
  test.each([null, "", "Basic YTpi", "abc", "Bearerabc", "Bearer,abc", "DPoP abc"])("is in %j", (header) => {
    expect(refusal(header)).toEqual(["a bearer token is required", false]);
  });

  test.each([
    "Bearer",
    "Bearer ",
    "Bearer a b",
    "Bearer a, Bearer b",
    'Bearer "abc"',
    "Bearer a=b",
    "Bearer é",
    "Bearer a\tb",
  ])("can be read from %j", (header) =>
    expect(refusal(header)).toEqual(["the Authorization header is malformed", true]),
  );

  test("is longer than any that makes sense", () => {
    expect(refusal(`Bearer ${"a".repeat(20_000)}`)).toEqual(["the token has over 16384 characters", true]);
  });
});

test("a shared token lets in whoever has just that", async () => {
  const { identify } = sharedToken("s3cret");
  expect(await identify("s3cret")).toEqual({ subject: "local", issuer: null, roles: [] });
  for (const wrong of ["", "s3cre", "s3cret1", "S3CRET"]) expect(() => identify(wrong)).toThrow(Unauthenticated);
});
