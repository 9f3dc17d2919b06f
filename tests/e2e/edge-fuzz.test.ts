// Odd requests in masses, over connections that stay open and are pipelined: nothing breaks, nothing grows, and others are served.
//
// ARGUS_FUZZ_REQUESTS says how many answers to wait for (100000 take a minute), and ARGUS_FUZZ_SEED repeats the requests of a run.
import { expect, test } from "bun:test";
import { settledKiB } from "../bench/proc.ts";
import { connect } from "../fixtures/connect.ts";
import { type Gateway, startGateway } from "../fixtures/gateway.ts";
import { oddBytes, oddRequests } from "../fixtures/odd-requests.ts";
import { offering } from "../fixtures/raw-backend.ts";
import { openRaw, type RawConnection } from "../fixtures/raw-http.ts";
import { within } from "../fixtures/until.ts";

const requests = Number(process.env.ARGUS_FUZZ_REQUESTS ?? 6_000);
const seed = Number(process.env.ARGUS_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** Connections at a time. */
const crowd = 8;
/** Sent at once, before any of the answers. */
const pipelined = 6;
/** Batches that are sent over one connection. */
const batchesOfOne = 8;
const sessionLimit = 40;
const token = "a token that no request has";
/** What a heap may differ by between two moments of the same life. */
const slackKiB = 48 * 1024;

const config = {
  version: "1",
  server: {
    management: { token },
    allowed_origins: ["https://app.example"],
    limits: { sessions: sessionLimit, requests_per_minute: 1_000_000 },
  },
  audit: { enabled: false },
  backends: { alpha: offering("alpha", { tools: ["tool"] }) },
};

/** What stands for sessions in generated requests, so that these depend on the seed alone. */
const slots = Array.from({ length: 10 }, (_, index) => `slot-${index}`);

/** Keys of sessions that were opened, the newest. */
class Keys {
  readonly #keys: string[] = [];

  note(received: string): void {
    for (const [, key = ""] of received.matchAll(/mcp-session-id: ([-\w]+)/gi)) this.#keys.push(key);
    this.#keys.splice(0, this.#keys.length - slots.length);
  }

  /** Puts them where the slots are. */
  fill(bytes: string): string {
    return bytes.replace(/slot-(\d)/g, (slot, index) => this.#keys[index] ?? slot);
  }
}

/** Sends requests one behind the other, and waits for what must come; false when the connection can take no more. */
async function exchange(connection: RawConnection, batch: readonly string[]): Promise<boolean> {
  const due = statusesIn(connection.received()).length + batch.length;
  connection.write(batch.join(""));
  // A stream goes on until its client leaves, and what was sent behind it waits.
  const streams = (received: string) => received.includes("text/event-stream");
  const text = await within(
    `answers to ${JSON.stringify(batch.map((bytes) => bytes.slice(0, 600)))}`,
    connection.until((received) => streams(received) || statusesIn(received).length >= due).catch(() => ""),
    30,
  );
  return text !== "" && !streams(text);
}

function statusesIn(received: string): number[] {
  return [...received.matchAll(/HTTP\/1\.1 ([2-5]\d\d) /g)].map(([, status]) => Number(status));
}

/** Opens connections and sends requests until so many were answered; gives how often each status came. */
async function fuzz(gateway: Gateway, start: number, count: number): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  const keys = new Keys();
  const { host } = new URL(gateway.url);
  let number = start;
  let answered = 0;
  const client = async () => {
    while (answered < count) {
      using connection = await openRaw(gateway.url);
      const batches: string[][] = [];
      let open = true;
      while (open && batches.length < batchesOfOne) {
        const batch = oddRequests({ host, sessions: slots }, number++, pipelined).map((bytes) => keys.fill(bytes));
        batches.push(batch);
        open = await exchange(connection, batch);
      }
      if (open) connection.write(oddBytes({ host, sessions: slots }, number++));
      keys.note(connection.received());
      for (const status of statusesIn(connection.received())) {
        answered++;
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status === 500) throw new Error(`500 among the answers to ${JSON.stringify(batches)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: crowd }, client));
  return statuses;
}

/** Calls a tool again and again; the returned function ends that and gives how often it was answered. */
async function beside(gateway: Gateway) {
  const client = await connect(gateway.url);
  let over = false;
  let calls = 0;
  const calling = (async () => {
    while (!over) {
      expect(await client.raw("tools/call", { name: "tool" })).toHaveProperty("backend", "alpha");
      calls++;
      await Bun.sleep(5);
    }
  })();
  // It is awaited at the end, if nothing else went wrong before.
  calling.catch(() => undefined);
  return async () => {
    over = true;
    await calling;
    await client.close();
    return calls;
  };
}

test(`${requests} odd requests (seed ${seed})`, async () => {
  await using gateway = await startGateway(config);
  console.log(`ARGUS_FUZZ_SEED=${seed} ARGUS_FUZZ_REQUESTS=${requests}`);
  const endCalls = await beside(gateway);
  const warm = Math.ceil(requests / 3);
  await fuzz(gateway, seed, warm);
  const before = await settledKiB(gateway.pid);
  const statuses = await fuzz(gateway, seed + requests, requests - warm);
  const after = await settledKiB(gateway.pid);
  const calls = await endCalls();
  const counts = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
  console.log(`${counts.join(", ")}; ${calls} calls beside; ${before} KiB after a third, ${after} KiB at the end`);
  const wanted = [200, 202, 204, 400, 401, 403, 404, 405];
  expect(wanted.filter((status) => !statuses.has(status))).toEqual([]);
  expect(calls).toBeGreaterThan(10);
  expect(after).toBeLessThan(before + slackKiB);

  const { active_sessions } = (await (
    await gateway.manage("/sessions", { headers: { authorization: `Bearer ${token}` } })
  ).json()) as { active_sessions: number };
  expect(active_sessions).toBeLessThanOrEqual(sessionLimit);
  await using client = await connect(gateway.url);
  expect(await client.toolNames()).toEqual(["tool"]);
  expect(await gateway.stop()).toBe(0);
  expect(gateway.log()).not.toContain("internal error");
}, 1_800_000);
