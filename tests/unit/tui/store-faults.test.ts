// The store in front of the real management API of a server that changes, breaks off and starts anew, by seeds.
import { expect, test } from "bun:test";
import type { BackendStatus } from "../../../src/backend/status.ts";
import type { Fact, Phase } from "../../../src/model.ts";
import { Bus } from "../../../src/observe/bus.ts";
import type { Fetch } from "../../../src/tui/api.ts";
import { ServerStore } from "../../../src/tui/store.ts";
import { backendOf, type InProcess, manage, programOf } from "../../fixtures/program.ts";
import { SimulatedClock, settled } from "../backend/simulated-clock.ts";

const SEEDS = Array.from({ length: 40 }, (_, index) => index + 1);

/** The events of a backend that goes into a phase. */
const STAGES: Partial<Record<Phase, Fact["stage"]>> = {
  initializing: "backend_connecting",
  ready: "backend_connected",
  retrying: "backend_retrying",
  failed: "backend_failed",
  degraded: "health",
};

const PHASES = Object.keys(STAGES) as Phase[];

/** One life of a server: what it is made of, and how it is asked. */
class Life {
  readonly bus = new Bus();
  readonly backends = ["one", "two", "three"].map((name) => backendOf({ name }));
  readonly api: InProcess;

  constructor(startedAt: Date) {
    this.api = manage(
      programOf({
        startedAt,
        backends: () => this.backends,
        events: (after) => this.bus.events(after),
        subscribe: (listener) => this.bus.subscribe(listener),
      }),
    );
    this.bus.emit({ stage: "config", severity: "debug", message: "loaded" });
  }

  turn(index: number, phase: Phase): void {
    const backend = this.backends[index] as BackendStatus;
    const connected = phase === "ready" || phase === "degraded";
    const error = connected ? null : `it is ${phase}`;
    const restarts = backend.restarts + 1;
    Object.assign(backend, { phase, error, restarts, pid: connected ? 7 : null });
    Object.assign(backend, { connectedAt: connected ? new Date(restarts * 1_000) : null });
    this.bus.emit({
      stage: STAGES[phase] ?? "status",
      severity: "warning",
      backend: backend.name,
      message: `${error}`,
    });
  }
}

/** A server that may be away, and a clock and chance of the seed. */
function worldOf(seed: number) {
  const clock = new SimulatedClock(seed);
  let lives = 0;
  let life = new Life(new Date(lives));
  let away = false;
  const fetch: Fetch = async ({ pathname, search }, { signal, ...init }) => {
    if (away || signal?.aborted) throw Object.assign(new TypeError("no"), { code: "ECONNREFUSED" });
    const asked = life;
    const response = await asked.api.ask(init.method ?? "GET", pathname.slice("/manage/v1".length) + search, init);
    // Time passes on the way back, in which other things happen.
    for (let turn = clock.random() * 4; turn > 0; turn--) await settled();
    if (away || life !== asked) throw Object.assign(new TypeError("no"), { code: "ECONNRESET" });
    // As the real one does, it ends with its signal.
    const body = signal ? response.body?.pipeThrough(new TransformStream(), { signal }) : response.body;
    return new Response(body, response);
  };
  const pick = (count: number) => Math.floor(clock.random() * count);
  const leave = () => {
    away = true;
    life.api.closeStreams();
  };
  const comeBack = () => {
    away = false;
  };
  const turn = () => life.turn(pick(3), PHASES[pick(PHASES.length)] ?? "ready");
  const steps = [
    ...[turn, turn],
    () => life.api.closeStreams(),
    leave,
    comeBack,
    () => {
      leave();
      life = new Life(new Date(++lives * 1_000));
      away = false;
    },
  ];
  return { clock, fetch, life: () => life, comeBack, turn, step: () => steps[pick(steps.length)]?.() };
}

test.each(SEEDS)("after all that the store knows what the server knows: %d", async (seed) => {
  const { clock, fetch, life, comeBack, turn, step } = worldOf(seed);
  const store = new ServerStore({ name: "s", url: "http://127.0.0.1:9000", clock, fetch });
  store.start();
  for (let count = 0; count < 60; count++) {
    step();
    await clock.pass(clock.random() * 800);
    await settled();
  }
  comeBack();
  const live = () => store.state.link.phase === "live";
  let backends: unknown;
  const same = () => live() && Bun.deepEquals(store.state.snapshot?.backends, backends);
  const wait = async (seconds: number, until: () => boolean) => {
    for (let count = 0; count < seconds * 50 && !until(); count++) {
      await clock.pass(20);
      await settled();
    }
  };
  await wait(20, live);
  // What happens now the store has to know from the stream, and soon.
  for (let count = 0; count < 5; count++) turn();
  ({ backends } = (await life().api.get("/backends")) as { backends: unknown });
  await wait(2, same);
  const { link, snapshot, events } = store.state;
  expect(link).toEqual({ phase: "live", message: null, nextTry: null });
  expect(snapshot?.backends as unknown).toEqual(backends);
  const { health } = (await life().api.get("/snapshot")) as { health: { status: string } };
  expect(snapshot?.health.status as string).toBe(health.status);
  const all = life().bus.events();
  expect(snapshot?.last_event_id).toBe(all.at(-1)?.id ?? "");
  // Nothing is missing in between, and nothing is there twice.
  expect(events.map(({ id }) => id)).toEqual(all.slice(-events.length).map(({ id }) => id));
  await store.stop();
});
