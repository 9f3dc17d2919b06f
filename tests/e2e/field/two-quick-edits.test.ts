// The configuration is edited several times in a moment: what is in force at the end is the last edit.
import { expect, test } from "bun:test";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tiny } from "../../fixtures/backends.ts";
import { connect } from "../../fixtures/connect.ts";
import { type Gateway, startGateway } from "../../fixtures/gateway.ts";
import { until } from "../../fixtures/until.ts";

const offering = (tool: string) => ({ version: "1", backends: { one: tiny(tool) } });

/** As many editors save: a new file beside the old one, then in its place. */
function replaceFile({ directory }: Gateway, config: object): void {
  writeFileSync(join(directory, "config.new"), JSON.stringify(config));
  renameSync(join(directory, "config.new"), join(directory, "config.yaml"));
}

const editors = {
  "writes into the file": (gateway: Gateway, config: object) => gateway.edit(config),
  "replaces the file": replaceFile,
};

test.each(Object.entries(editors))(
  "an editor that %s",
  async (_, edit) => {
    await using gateway = await startGateway(offering("first"));
    await using client = await connect(gateway.url);
    for (const pause of [0, 90, 110, 250]) {
      const last = `last-after-${pause}`;
      edit(gateway, offering(`early-before-${pause}`));
      // The edits are to be this far apart: before, at and after the moment when the first one is taken.
      await Bun.sleep(pause);
      edit(gateway, offering(last));
      await until(`${last} is in force`, async () => (await client.toolNames())[0] === last);
      expect(await client.text(last)).toMatch(/^\d+$/);
    }
  },
  60_000,
);

test("a file that is wrong for a moment does no harm", async () => {
  await using gateway = await startGateway(offering("first"));
  await using client = await connect(gateway.url);
  gateway.edit("version: [");
  gateway.edit(offering("second"));
  await until("the last edit is in force", async () => (await client.toolNames())[0] === "second");
}, 20_000);
