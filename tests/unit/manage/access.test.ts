// Who may use the management API.
import { describe, expect, test } from "bun:test";
import { refusal } from "../../../src/manage/access.ts";

const token = "correct horse";

describe("with a token", () => {
  test.each(["Bearer correct horse", "bearer correct horse", "BEARER  correct horse"])(
    "%p may pass",
    (authorization) => {
      expect(refusal(token, { authorization, peer: "192.0.2.1" })).toBeUndefined();
    },
  );

  test.each([
    null,
    "",
    "Bearer",
    "Bearer ",
    "correct horse",
    "Basic correct horse",
    "Bearer correct",
    "Bearer correct horses",
  ])("%p may not, not even from this machine", (authorization) => {
    expect(refusal(token, { authorization, peer: "127.0.0.1" })).toMatch(/bearer token/);
  });

  test("an empty one is nobody's", () => {
    expect(refusal("", { authorization: "Bearer ", peer: "127.0.0.1" })).toBeDefined();
  });
});

describe("without a token", () => {
  test.each(["127.0.0.1", "127.255.0.3", "::1", "::ffff:127.0.0.1", "::FFFF:127.0.0.1"])("%s may pass", (peer) => {
    expect(refusal(undefined, { authorization: null, peer })).toBeUndefined();
  });

  test.each(["192.0.2.1", "::ffff:192.0.2.1", "::2", "128.0.0.1", "127.example", "1127.0.0.1", undefined])(
    "%p may not, whatever it shows",
    (peer) => {
      expect(refusal(undefined, { authorization: "Bearer x", peer })).toMatch(
        /no token is configured.*ARGUS_MGMT_TOKEN/,
      );
    },
  );
});
