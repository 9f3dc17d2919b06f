// What a link tells each new connection again: the log level and the subscriptions that hold.
import { expect, test } from "bun:test";
import type { Link } from "../../../src/backend/link.ts";
import type { Call, JsonObject, Message } from "../../../src/model.ts";
import { request } from "../../../src/protocol/message.ts";
import { fateOf, gone, linkServer, linkTo, ScriptedServer } from "./scripted.ts";
import { settled } from "./simulated-clock.ts";

type Told = [method: string, params: JsonObject];

const call = ([method, params]: Told) => ({ message: request(7, method, params) });
const level = (name: string): Told => ["logging/setLevel", { level: name }];
const subscribe = (uri: string): Told => ["resources/subscribe", { uri }];

/** As a backend does: what must count in any case is noted before it is tried. */
function send(link: Link, { message }: Call): Promise<Message> {
  link.note(message);
  return link.request({ message }, 0);
}

/** What a link that was told these things tells its next connection. */
async function toldAgain(...told: Told[]): Promise<Told[]> {
  const next = linkServer();
  const { link } = linkTo(linkServer(), next);
  for (const each of told) await send(link, call(each));
  link.renew();
  await link.get();
  await settled();
  return next.heard.flatMap(({ method = "", params = {} }): Told[] =>
    /subscribe|setLevel|listen/.test(method) ? [[method, params]] : [],
  );
}

test("the last level, and what is still subscribed to", async () => {
  const told = await toldAgain(
    ...[level("debug"), level("error"), subscribe("x://a"), subscribe("x://b"), subscribe("x://a")],
    ["resources/unsubscribe", { uri: "x://b" }],
  );
  expect(told).toEqual([level("error"), subscribe("x://a")]);
});

test("a subscription, whatever its URI is, beside the level", async () => {
  const told = await toldAgain(subscribe("level"), level("error"));
  expect(told).toEqual([subscribe("level"), level("error")]);
});

test("no subscription that was refused", async () => {
  const { link } = linkTo(new ScriptedServer());
  await send(link, call(subscribe("x://a")));
  expect(link.hasState).toBe(false);
});

test("a level for which there was no connection", async () => {
  const server = linkServer();
  const { link } = linkTo(undefined, server);
  await expect(send(link, call(level("error")))).rejects.toBe(gone);
  expect(link.hasState).toBe(true);
  await link.get();
  await settled();
  expect(server.heard.at(-1)).toMatchObject({ method: "logging/setLevel", params: { level: "error" } });
});

test("one that never says that it has understood can end all the same", async () => {
  const mute = linkServer("resources/subscribe");
  const { clock, link } = linkTo(linkServer(), mute);
  await send(link, call(subscribe("x://a")));
  link.renew();
  await link.get();
  const end = fateOf(link.retire());
  await clock.pass(3_600_000);
  expect([Object.keys(end), mute.ended]).toEqual([["value"], true]);
});
