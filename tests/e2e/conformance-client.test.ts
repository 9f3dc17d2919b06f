// Runs the client scenarios of the official suites through the gateway: what they judge is what it sends to their servers.
// Those about authorization have a user, and are another matter; those of the skills extension are about the host that loads a skill
// (SEP-2640, Integrity and Verification), which a gateway is not: it hands files on, and loads none.
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { root } from "../fixtures/gateway.ts";
import { runSuite, SUITES, type Suite } from "../fixtures/suites.ts";

const program = join(root, "tests", "fixtures", "conformance-client.ts");
const hangGuard = 60_000;

/** The names of the client scenarios without a user, as a suite lists them: those that count, and those that do not. */
async function scenariosOf(suite: Suite): Promise<{ required: string[]; others: string[] }> {
  const [flag = "", revision = ""] = suite.flags;
  const { output } = await runSuite(suite, ["list", ...(flag === "--requirements" ? [flag, revision] : ["--client"])]);
  const [, clients = ""] = output.split("Client scenarios");
  const named = (pattern: RegExp) => [...clients.matchAll(pattern)].map(([, name = ""]) => name);
  const required = named(/^ {2}- (\S+)/gm);
  const others = named(/^ {4}- (\S+) \[client\]/gm);
  const userless = (names: string[]) => names.filter((name) => !name.startsWith("auth/"));
  return { required: userless(required), others: userless(others) };
}

for (const suite of SUITES) {
  const { required, others } = await scenariosOf(suite);
  const [flag = "", revision = ""] = suite.flags;

  describe(`${suite.version} ${suite.flags.join(" ")}`, () => {
    test("has as many scenarios as the README says", () => {
      expect(required).toHaveLength(suite.required.client);
    });

    describe.each(["legacy", "modern"])("with a %s client", (era) => {
      test.each([...required, ...others])(
        "%s",
        async (scenario) => {
          const command = `${process.execPath} ${program} --${era}`;
          const version = flag === "--requirements" ? ["--spec-version", revision] : [];
          const run = ["client", "--command", command, "--scenario", scenario, ...version];
          const { output } = await runSuite(suite, run);
          const [, passed, checks, warnings] = /^Passed: (\d+)\/(\d+), 0 failed, (\d+) warnings$/m.exec(output) ?? [];
          expect({ passed, some: Number(checks) > 0 }, output).toEqual({ passed: checks ?? "", some: true });
          // How late a stream may be opened again is the machine's matter; the suite takes a little for slow, and a lot for a failure.
          if (scenario !== "sse-retry") expect(warnings, output).toBe("0");
          expect(output).not.toMatch(/CLIENT (?:TIMED OUT|EXITED)/);
        },
        hangGuard,
      );
    });
  });
}
