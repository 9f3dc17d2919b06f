// Runs the official conformance suites through the gateway, in front of a fixture that passes them whole by itself.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { root, startGateway } from "../fixtures/gateway.ts";
import { type Era, runSuite, SUITES, type Suite } from "../fixtures/suites.ts";

const fixture = join(root, "tests", "fixtures", "conformance.ts");
const hangGuard = 120_000;

interface Fixture {
  backend: string;
  era: Era;
}

const fixtures: Fixture[] = ["stdio", "streamable-http"].flatMap((backend) =>
  (["legacy", "modern"] as const).map((era) => ({ backend, era })),
);
const runs = SUITES.flatMap((suite) => fixtures.map((each) => ({ ...each, name: suite.flags.join(" "), suite })));

test.each(runs)(
  "$suite.version $name passes with a $era $backend backend",
  async ({ suite, ...fixture }) => {
    const { output, code } = await runInFrontOf(fixture, suite);
    const { required, others } = scenariosIn(output);
    expect({ code, required: required.length, failed: failedAmong(required) }, output).toEqual({
      ...{ code: 0, required: suite.required.server, failed: [] },
    });
    // Tasks are an extension, which does not count: in the legacy era they are another thing, of which the gateway does not tell modern clients.
    expect(
      failedAmong(others).filter((name) => fixture.era === "modern" || !name.startsWith("tasks-")),
      output,
    ).toEqual([]);
    expect(Number(/^Total: (\d+) passed/m.exec(output)?.[1]), output).toBe(suite.checks[fixture.era]);
  },
  hangGuard,
);

interface Scenario {
  name: string;
  passed: boolean;
}

const failedAmong = (scenarios: Scenario[]) => scenarios.filter(({ passed }) => !passed).map(({ name }) => name);

/** The scenarios of a run, those apart of which the suite says that they do not count. */
function scenariosIn(output: string): { required: Scenario[]; others: Scenario[] } {
  const named = (pattern: RegExp) =>
    [...output.matchAll(pattern)].map(([, mark, name = ""]) => ({ name, passed: mark === "✓" }));
  const others = named(/^ {2}([✓✗]) (\S+) \(/gm);
  const all = named(/^([✓✗]) (\S+): \d/gm);
  return { required: all.filter(({ name }) => !others.some((other) => other.name === name)), others };
}

async function runInFrontOf({ backend, era }: Fixture, suite: Suite): Promise<{ output: string; code: number }> {
  const flags = era === "modern" ? ["--modern"] : [];
  await using remote = backend === "stdio" ? undefined : await serveFixture(flags);
  const definition = remote
    ? { type: "streamable-http", url: remote.url }
    : { type: "stdio", command: process.execPath, args: [fixture, "--stdio", ...flags] };
  await using gateway = await startGateway({ version: "1", backends: { fixture: definition } });
  return await runSuite(suite, ["server", "--url", `${gateway.url}/mcp`, ...suite.flags]);
}

async function serveFixture(flags: string[]) {
  const child = Bun.spawn([process.execPath, fixture, "--port", "0", ...flags], { stdin: "ignore", stderr: "pipe" });
  const { value } = await child.stderr.getReader().read();
  return {
    url: new TextDecoder().decode(value).trim(),
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.exited;
    },
  };
}
