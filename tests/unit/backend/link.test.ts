// A place for one connection: opened once for all who ask, opened again when it was lost, replaced without a call being lost.
import { describe, expect, test } from "bun:test";
import { Link } from "../../../src/backend/link.ts";
import { GatewayError } from "../../../src/errors.ts";
import { request } from "../../../src/protocol/message.ts";
import { connectTo, fateOf, gone, linkServer, linkTo, type ScriptedServer } from "./scripted.ts";
import { SimulatedClock, settled } from "./simulated-clock.ts";

const call = () => ({ message: request(7, "tools/call") });

const undelivered = new GatewayError("undelivered", "forgot the session");

/** From now on nothing can be delivered to it. */
function forgets(forgetful: ScriptedServer): ScriptedServer {
  forgetful.send = () => {
    throw undelivered;
  };
  return forgetful;
}

describe("get", () => {
  test("opens one connection for all who ask meanwhile and after", async () => {
    const { link, signals } = linkTo(linkServer(), linkServer());
    expect(link.current).toBeUndefined();
    const connections = await Promise.all(Array.from({ length: 100 }, () => link.get()));
    expect(new Set([...connections, await link.get(), link.current]).size).toBe(1);
    expect(signals).toHaveLength(1);
  });

  test("fails for all who wait for an attempt that fails; who asks then makes the next", async () => {
    const { link, signals } = linkTo(undefined, linkServer());
    const results = await Promise.allSettled(Array.from({ length: 100 }, () => link.get()));
    expect(results.every((result) => result.status === "rejected" && result.reason === gone)).toBe(true);
    expect(signals).toHaveLength(1);
    expect(await link.get()).toBe(link.current as NonNullable<typeof link.current>);
  });

  test("takes no connection that has ended before it was taken", async () => {
    const short = linkServer();
    const { link, signals } = linkTo(short, linkServer());
    const send = short.send.bind(short);
    short.send = (text, id) => {
      send(text, id);
      // The answer to the handshake is its last words.
      if (id !== undefined) short.fail(gone);
    };
    await link.get().catch(() => undefined);
    expect(link.current?.ended ?? false).toBe(false);
    await link.request(call(), 0);
    expect(signals).toHaveLength(2);
  });
});

describe("a request", () => {
  test("that was not delivered is repeated once, on a new connection", async () => {
    const [first, second] = [linkServer(), linkServer()];
    const { link } = linkTo(first, second);
    await link.get();
    forgets(first);
    expect((await link.request(call(), 0)).body.result).toEqual({ content: [] });
    expect(second.count("tools/call")).toBe(1);
    await settled();
    expect(first.ended).toBe(true);
  });

  test("that cannot be delivered to the new one either fails, and leaves that where it is", async () => {
    const [first, second] = [linkServer(), linkServer()];
    const { link, signals } = linkTo(first, second, linkServer());
    await link.get();
    forgets(first);
    const { send } = second;
    second.send = (text, id) => {
      if (text.includes("tools/call")) throw undelivered;
      send.call(second, text, id);
    };
    await expect(link.request(call(), 0)).rejects.toBe(undelivered);
    expect(signals).toHaveLength(2);
    await settled();
    expect([link.current?.ended, second.ended]).toEqual([false, false]);
  });

  test("that may have been delivered is not repeated", async () => {
    const first = linkServer("tools/call");
    const { link, signals } = linkTo(first, linkServer());
    const answer = link.request(call(), 0);
    await settled();
    await link.current?.close(gone);
    await expect(answer).rejects.toBe(gone);
    expect(signals).toHaveLength(1);
  });
});

describe("forget", () => {
  test("makes room for a new connection, but not for one that is in force by now", async () => {
    const { link, signals } = linkTo(linkServer(), linkServer());
    const first = await link.get();
    link.forget(first);
    const second = await link.get();
    expect(second).not.toBe(first);
    link.forget(first);
    expect([link.current, signals.length]).toEqual([second, 2]);
  });
});

describe("renew", () => {
  test("lets calls in flight end on the old connection, and sends new ones to the new one", async () => {
    const [before, after] = [linkServer("tools/call"), linkServer()];
    const { link } = linkTo(before, after);
    const old = link.request(call(), 0);
    await settled();
    link.renew();
    await link.request(call(), 0);
    expect([before.count("tools/call"), after.count("tools/call"), before.ended]).toEqual([1, 1, false]);
    before.answer("tools/call", { content: ["old"] });
    expect((await old).body.result).toEqual({ content: ["old"] });
    await settled();
    expect([before.ended, after.ended]).toEqual([true, false]);
  });

  test("ends an idle connection at once, and opens none before somebody asks", async () => {
    const before = linkServer();
    const { link, signals } = linkTo(before, linkServer());
    await link.get();
    link.renew();
    await settled();
    expect([before.ended, link.current, signals.length]).toEqual([true, undefined, 1]);
  });

  test("gives an attempt up for another one, which those who wait get", async () => {
    const slow = linkServer("initialize");
    const { link, signals } = linkTo(slow, linkServer());
    const waiting = [link.get(), link.request(call(), 0)];
    await settled();
    link.renew();
    await Promise.all(waiting);
    expect([signals.map(({ aborted }) => aborted), slow.ended]).toEqual([[true, false], true]);
  });

  test("closes a connection that comes though it was given up", async () => {
    const clock = new SimulatedClock();
    const [late, after] = [linkServer(), linkServer()];
    const opened = Promise.withResolvers<void>();
    const turns = [
      async () => {
        const connection = await connectTo(late, clock);
        await opened.promise;
        return connection;
      },
      () => connectTo(after, clock),
    ];
    const link = new Link(clock, () => (turns.shift() ?? (() => Promise.reject(gone)))());
    const waiting = link.get();
    await settled();
    link.renew();
    const current = await link.get();
    opened.resolve();
    expect(await waiting).toBe(current);
    expect([late.ended, after.ended]).toEqual([true, false]);
  });
});

describe("the end", () => {
  test("by retire comes when nothing is in flight any more", async () => {
    const [before, after] = [linkServer("tools/call"), linkServer("tools/call")];
    const { link } = linkTo(before, after);
    const old = link.request(call(), 0);
    await settled();
    link.renew();
    const young = link.request(call(), 0);
    await settled();
    const end = fateOf(link.retire());
    after.answer("tools/call");
    await young;
    await settled();
    expect([end, before.ended, after.ended]).toEqual([{}, false, true]);
    before.answer("tools/call");
    await old;
    await settled();
    expect([Object.keys(end), before.ended]).toEqual([["value"], true]);
  });

  test("by close comes at once, with all that is in flight, on old connections too", async () => {
    const [before, after] = [linkServer("tools/call"), linkServer("tools/call")];
    const { link } = linkTo(before, after);
    const calls = [link.request(call(), 0)];
    await settled();
    link.renew();
    calls.push(link.request(call(), 0));
    await settled();
    const fates = calls.map(fateOf);
    await link.close();
    expect(fates.map(({ error }) => (error as GatewayError).code)).toEqual(["unavailable", "unavailable"]);
    expect([before.ended, after.ended, link.current, link.hasState]).toEqual([true, true, undefined, false]);
  });

  test("of an attempt is an error for those who wait for it", async () => {
    const slow = linkServer("initialize");
    const { link } = linkTo(slow);
    const waiting = fateOf(link.get());
    await settled();
    await link.close();
    await settled();
    expect(waiting.error).toBeInstanceOf(GatewayError);
    expect(slow.ended).toBe(true);
  });

  test("is final: whoever asks then is refused, and nothing is started", async () => {
    const never = linkServer();
    const { link } = linkTo(linkServer(), never);
    await link.get();
    await link.close();
    const refused = fateOf(link.get());
    await settled();
    expect(refused.error).toBeInstanceOf(GatewayError);
    expect(never.heard).toEqual([]);
  });
});

test("drop fails what is in flight, and whoever asks then gets a new connection", async () => {
  const [before, after] = [linkServer("tools/call"), linkServer()];
  const { link } = linkTo(before, after);
  const old = fateOf(link.request(call(), 0));
  await settled();
  await link.drop();
  expect(old.error).toMatchObject({ code: "unavailable" });
  expect(before.ended).toBe(true);
  await link.request(call(), 0);
  expect(after.count("tools/call")).toBe(1);
});
