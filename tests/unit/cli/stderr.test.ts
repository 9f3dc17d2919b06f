// What is written to stderr, by a process of its own: nobody may read it, and it may be a terminal.
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { until, within } from "../../fixtures/until.ts";

const source = JSON.stringify(join(import.meta.dir, "../../../src/cli/stderr.ts"));

/** A program that has what stderr.ts exports, as `stderr`. */
const program = (code: string) => [process.execPath, "-e", `import * as stderr from ${source}; ${code}`];

test("what nobody reads is neither waited for nor kept without limit", async () => {
  const code = `
    for (let index = 0; index < 20_000; index++) stderr.printError(index + " " + "x".repeat(1_000));
    console.log("done");`;
  await using child = Bun.spawn(program(code), { stdin: "ignore", stdout: "pipe", stderr: "pipe", lazy: true });
  const { value } = await within("everything was printed", child.stdout.getReader().read());
  expect(new TextDecoder().decode(value)).toBe("done\n");
  const lines = (await within("the process ends", child.stderr.text())).trimEnd().split("\n");
  expect(lines.length).toBeWithin(1_000, 5_000);
  expect(lines.map((line) => Number(line.split(" ")[0]))).toEqual(lines.map((_, index) => index));
}, 30_000);

describe("a terminal", () => {
  const code = 'console.log(JSON.stringify((await stderr.findTerminal(process.env)) ?? "none"))';

  test.each([
    [{}, { columns: 61, rows: 17, colours: true }],
    [{ NO_COLOR: "" }, { columns: 61, rows: 17, colours: true }],
    [{ NO_COLOR: "1" }, { columns: 61, rows: 17, colours: false }],
    [{ TERM: "dumb" }, "none"],
  ])("with %j", async (env, expected) => {
    let text = "";
    const data = (_: unknown, bytes: Uint8Array) => {
      text += new TextDecoder().decode(bytes);
    };
    await using terminal = new Bun.Terminal({ cols: 61, rows: 17, data });
    const environment = { ...process.env, TERM: "xterm", NO_COLOR: undefined, ...env };
    await using _child = Bun.spawn(program(code), { env: environment, terminal });
    await until("something is found", () => text.includes("\n"));
    expect(JSON.parse(text)).toEqual(expected);
  });

  test.each(["pipe", "ignore"] as const)("is not what is none: %s", async (stderr) => {
    await using child = Bun.spawn(program(code), { stdin: "ignore", stdout: "pipe", stderr });
    expect(JSON.parse(await child.stdout.text())).toBe("none");
  });
});
