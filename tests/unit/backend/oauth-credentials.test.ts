// A token is fetched once for all, kept until shortly before its end, and replaced when it is refused.
import { describe, expect, test } from "bun:test";
import { Credentials, type Need, type Token, type TokenSource } from "../../../src/backend/credentials.ts";
import { usableFor } from "../../../src/backend/token-request.ts";
import { GatewayError } from "../../../src/errors.ts";
import { SimulatedClock } from "./simulated-clock.ts";

/** Credentials whose tokens are numbered, and what the source was asked. */
function numbered(token: Partial<Token> = {}) {
  const clock = new SimulatedClock();
  const needs: Need[] = [];
  let failure: GatewayError | undefined;
  let stopped = false;
  const source: TokenSource = {
    fetch: async (need) => {
      needs.push(need);
      if (failure) throw failure;
      return { value: `token-${needs.length}`, ...token };
    },
    stop: () => {
      stopped = true;
    },
  };
  const credentials = new Credentials(clock, async () => source);
  return {
    ...{ clock, needs, credentials },
    fail: (error?: GatewayError) => {
      failure = error;
    },
    stopped: () => stopped,
  };
}

const down = new GatewayError("unavailable", "is down");

describe("a token", () => {
  test("is fetched once for all who ask at the same time, and kept", async () => {
    const { credentials, needs } = numbered();
    const tokens = await Promise.all(Array.from({ length: 10 }, () => credentials.get()));
    expect(new Set(tokens)).toEqual(new Set(["token-1"]));
    expect(await credentials.get()).toBe("token-1");
    expect(needs).toHaveLength(1);
  });

  test("is renewed when its time has come, and not before", async () => {
    const { credentials, clock } = numbered({ goodFor: 60 });
    await credentials.get();
    await clock.pass(59_999);
    expect(await credentials.get()).toBe("token-1");
    await clock.pass(1);
    expect(await credentials.get()).toBe("token-2");
  });

  test("that was refused is replaced, once for all who were refused", async () => {
    const { credentials, needs } = numbered();
    const token = await credentials.get();
    expect(await Promise.all([credentials.replace(token), credentials.replace(token)])).toEqual(["token-2", "token-2"]);
    expect(await credentials.replace(token)).toBe("token-2");
    expect(needs.map(({ refused }) => refused)).toEqual([undefined, "token-1"]);
  });

  test("that cannot be had fails everybody, and is asked for again", async () => {
    const { credentials, fail } = numbered();
    fail(down);
    await expect(credentials.get()).rejects.toBe(down);
    fail();
    expect(await credentials.get()).toBe("token-2");
  });

  test("is asked for no more after the end", async () => {
    const { credentials, needs, stopped } = numbered({ goodFor: 1 });
    await credentials.get();
    credentials.stop();
    expect(await credentials.get()).toBe("token-1");
    credentials.expire();
    await expect(credentials.get()).rejects.toThrow("shutting down");
    expect(needs).toHaveLength(1);
    await Promise.resolve();
    expect(stopped()).toBe(true);
  });

  test("is hidden in what a server says", async () => {
    const { credentials } = numbered();
    expect(credentials.hide("token-1")).toBe("token-1");
    await credentials.get();
    expect(credentials.hide("you sent token-1, token-1!")).toBe("you sent ***REDACTED***, ***REDACTED***!");
  });
});

describe("further scopes", () => {
  test("are asked for once, and from then on", async () => {
    const { credentials, needs } = numbered();
    const token = await credentials.get();
    expect(await credentials.widen(token, ["admin"])).toBe("token-2");
    expect(await credentials.widen("token-2", ["admin"])).toBeUndefined();
    await credentials.replace("token-2");
    expect(needs.map(({ scopes }) => scopes)).toEqual([[], ["admin"], ["admin"]]);
  });

  test("that somebody else got meanwhile are not asked for again", async () => {
    const { credentials, needs } = numbered();
    const token = await credentials.get();
    expect(await Promise.all([credentials.widen(token, ["a"]), credentials.widen(token, ["a"])])).toEqual([
      "token-2",
      "token-2",
    ]);
    expect(needs).toHaveLength(2);
  });

  test("that are not granted leave the token as it is", async () => {
    const { credentials, needs, fail } = numbered();
    const token = await credentials.get();
    fail(down);
    await expect(credentials.widen(token, ["admin"])).rejects.toBe(down);
    expect(await credentials.get()).toBe(token);
    fail();
    await credentials.replace(token);
    expect(needs.at(-1)?.scopes).toEqual([]);
  });

  test("that are ever new ones come to an end", async () => {
    const { credentials, needs } = numbered();
    let token = await credentials.get();
    for (let count = 0; count < 200; count++) token = (await credentials.widen(token, ["same", `${count}`])) ?? token;
    expect(needs.at(-1)?.scopes).toHaveLength(100);
    expect(await credentials.widen(token, ["another"])).toBeUndefined();
  });

  test("without a name are none", async () => {
    const { credentials } = numbered();
    expect(await credentials.widen(await credentials.get(), [])).toBeUndefined();
  });
});

test.each([
  [3_600, 3_570],
  [300, 270],
  [60, 54],
  [0, 0],
])("of %d s a token is used for %d s", (lifetime, used) => {
  expect(usableFor(lifetime)).toBe(used);
});
