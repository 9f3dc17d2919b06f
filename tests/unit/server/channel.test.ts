// Streams of events that can be resumed: nothing is lost, nothing comes twice, and a client that does not read is let go.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { EventConnection } from "../../../src/observe/event-stream.ts";
import { Channel, ReplayBuffer } from "../../../src/server/channel.ts";

const roomy = () => new ReplayBuffer(1024 * 1024);

/** A client of one connection. */
function client() {
  let left = false;
  const connection = new EventConnection(() => {
    left = true;
  });
  return {
    connection,
    hasLeft: () => left,
    /** Everything that came, once the connection was closed. */
    read: () => connection.response.text(),
  };
}

/** Ends the channel and gives the data of all events that a connection carried. */
async function received(channel: Channel, { read }: ReturnType<typeof client>): Promise<string[]> {
  channel.end();
  return [...(await read()).matchAll(/^data: (.+)$/gm)].map(([, data = ""]) => data);
}

function listening(channel: Channel, after?: number) {
  const listener = client();
  channel.attach(listener.connection, after);
  return listener;
}

describe("a channel", () => {
  test("sends each message as one event with an id of its own", async () => {
    const channel = new Channel(3, roomy());
    const listener = listening(channel);
    channel.send('{"a":1}');
    channel.send("{}");
    channel.end();
    expect(await listener.read()).toBe(
      'event: message\nid: 3-1\ndata: {"a":1}\n\nevent: message\nid: 3-2\ndata: {}\n\n',
    );
    expect(listener.connection.response.headers.get("content-type")).toBe("text/event-stream");
  });

  test("keeps what nobody listens to for the first who does", async () => {
    const channel = new Channel(0, roomy());
    channel.send("1");
    expect(channel.attached).toBe(false);
    const listener = listening(channel);
    expect(channel.attached).toBe(true);
    channel.send("2");
    expect(await received(channel, listener)).toEqual(["1", "2"]);
  });

  test("gives a listener who comes back what it has not seen, and closes the connection before", async () => {
    const channel = new Channel(0, roomy());
    const first = listening(channel);
    for (const message of ["1", "2", "3"]) channel.send(message);
    const second = listening(channel, 1);
    expect(first.connection.open).toBe(false);
    channel.send("4");
    expect(await received(channel, second)).toEqual(["2", "3", "4"]);
    expect(await received(channel, first)).toEqual(["1", "2", "3"]);
  });

  test("gives a listener who names no event what nobody got", async () => {
    const channel = new Channel(0, roomy());
    const first = listening(channel);
    channel.send("1");
    await first.connection.response.body?.cancel();
    expect([first.hasLeft(), channel.attached]).toEqual([true, false]);
    channel.send("2");
    expect(await received(channel, listening(channel))).toEqual(["2"]);
  });

  test("can still be resumed after its end", async () => {
    const channel = new Channel(0, roomy());
    channel.send("1");
    channel.end();
    const listener = listening(channel, 0);
    expect(listener.connection.open).toBe(false);
    expect(await received(channel, listener)).toEqual(["1"]);
  });

  test("loses nothing and repeats nothing, wherever the connection breaks", async () => {
    const step = fc.constantFrom("send", "break", "resume");
    const check = async (steps: string[]) => {
      const channel = new Channel(0, roomy());
      const came: string[] = [];
      let sent = 0;
      let listener = listening(channel);
      const collect = async () => {
        listener.connection.close();
        for (const [, data = ""] of (await listener.read()).matchAll(/^data: (.+)$/gm)) came.push(data);
        listener = client();
      };
      for (const what of steps) {
        if (what === "send") channel.send(String(++sent));
        else if (what === "break") await collect();
        else if (!channel.attached) channel.attach(listener.connection, came.length);
      }
      await collect();
      channel.attach(listener.connection, came.length);
      channel.end();
      await collect();
      expect(came).toEqual(Array.from({ length: sent }, (_, index) => String(index + 1)));
    };
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 30 }), check));
  });

  test("is primed by an event without data, from which it can be resumed whole", async () => {
    const channel = new Channel(7, roomy());
    const listener = listening(channel);
    channel.prime();
    channel.send("1");
    channel.end();
    expect(await listener.read()).toMatch(/^id: 7-0\nretry: \d+\ndata: \n\nevent: message\nid: 7-1\n/);
    expect(await received(channel, listening(channel, 0))).toEqual(["1"]);
  });

  test("beats without an event", async () => {
    const channel = new Channel(0, roomy());
    const listener = listening(channel);
    channel.beat();
    channel.end();
    expect(await listener.read()).toMatch(/^:.*\n\n$/);
  });
});

describe("a client that does not read", () => {
  const chunk = "x".repeat(1024 * 1024);

  test("is let go before it fills the memory, and may come back", async () => {
    const channel = new Channel(0, roomy());
    const slow = listening(channel);
    let sent = 0;
    while (slow.connection.open && sent < 100) channel.send(`${++sent}${chunk}`);
    expect(sent).toBeWithin(10, 30);
    channel.send("after");
    expect(await received(channel, listening(channel, sent))).toEqual(["after"]);
  });

  test("is told from one that reads", async () => {
    const channel = new Channel(0, roomy());
    const listener = listening(channel);
    const reader = listener.connection.response.body?.getReader();
    for (let sent = 0; sent < 40; sent++) {
      channel.send(chunk);
      await reader?.read();
    }
    expect(listener.connection.open).toBe(true);
  });
});

describe("the replay buffer", () => {
  test("keeps the newest of all channels up to its limit, and the very newest whatever its size", () => {
    const buffer = new ReplayBuffer(10);
    const texts = (channel: number, after = 0) => buffer.after(channel, after).map(({ text }) => text);
    buffer.add(0, 1, "aaaa");
    buffer.add(1, 1, "bbbb");
    buffer.add(0, 2, "cc");
    expect([texts(0), texts(1), texts(0, 1)]).toEqual([["aaaa", "cc"], ["bbbb"], ["cc"]]);
    buffer.add(0, 3, "d");
    expect([texts(0), texts(1)]).toEqual([["cc", "d"], ["bbbb"]]);
    buffer.add(1, 2, "e".repeat(100));
    expect([texts(0), texts(1)]).toEqual([[], ["e".repeat(100)]]);
  });
});
