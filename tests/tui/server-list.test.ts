// A story: somebody adds a server with its token, looks at it, and takes another one from the list.
import { expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { ServersHealth } from "../../src/tui/health.ts";
import { Servers } from "../../src/tui/servers.ts";
import type { ServerEntry } from "../../src/tui/servers-file.ts";
import { ServerStore } from "../../src/tui/store.ts";
import { tiny } from "../fixtures/backends.ts";
import { folder } from "../fixtures/command.ts";
import { startGateway } from "../fixtures/gateway.ts";
import { until } from "../fixtures/until.ts";
import { startRobot } from "./robot.ts";

setDefaultTimeout(30_000);

const token = "the-token-of-work";

function known(environment: Record<string, string>, flags = {}) {
  const list = new Servers({ flags, settings: {}, environment });
  return {
    list,
    health: new ServersHealth({ servers: () => list.entries }),
    open: (entry: ServerEntry) => new ServerStore({ ...entry, token: list.tokenFor(entry) }),
  };
}

test("a server is added with its token, shown, remembered, and another one removed", async () => {
  await using home = await startGateway({ version: "1", backends: { files: tiny("read") } });
  await using work = await startGateway({
    version: "1",
    server: { management: { token } },
    backends: { tickets: tiny("list") },
  });
  using place = folder({});
  const environment = { XDG_CONFIG_HOME: place.directory };
  const servers = known(environment);
  servers.list.add({ name: "home", url: home.url });
  servers.list.remove("127.0.0.1:9000");
  await using robot = await startRobot([], { servers });
  await robot.sees(/Argus {2}● home/);
  await robot.press("s");
  await robot.sees(/● home .*healthy/);
  await robot.ctrl("n");
  await robot.sees("its URL");
  await robot.type(work.url);
  await robot.press("RETURN");
  await robot.seesNo("its URL");
  await robot.ctrl("u");
  await robot.type("work");
  await robot.press("RETURN");
  await robot.sees("its management token");
  await robot.type(token);
  // A token is seen by nobody who looks over a shoulder.
  const frame = await robot.sees("•".repeat(token.length));
  expect(frame).not.toContain("the-token");
  await robot.press("RETURN");
  await robot.sees("✔ work is in the list");
  await robot.press("s");
  await robot.sees(/● work .*healthy/);
  await robot.type("work");
  await robot.press("RETURN");
  await robot.sees(/Argus {2}● work/);
  await robot.sees("tickets");
  const path = join(place.directory, "argus-mcp", "servers.json");
  const kept = () => JSON.parse(readFileSync(path, "utf8")) as { active: string; servers: ServerEntry[] };
  await until("it is remembered", () => kept().active === "work");
  expect(kept().servers).toEqual([
    { name: "home", url: home.url },
    { name: "work", url: work.url, token },
  ]);
  expect(statSync(path).mode & 0o777).toBe(0o600);

  await robot.press("s");
  await robot.sees("which server?");
  await robot.ctrl("x");
  await robot.sees("Remove home from the list?");
  await robot.press("n");
  await robot.seesNo("Remove home");
  await robot.press("s");
  await robot.sees("which server?");
  await robot.ctrl("x");
  await robot.sees("Remove home from the list?");
  await robot.press("y");
  await robot.sees("✔ home is no longer in the list");
  expect(kept()).toMatchObject({ active: "work", servers: [{ name: "work" }] });
  await robot.press("s");
  await robot.sees("which server?");
  await robot.ctrl("x");
  await robot.sees("▲ the last server stays in the list");
  // Whoever starts it again sees what was shown last.
  expect(known(environment).list.active.name).toBe("work");
});

test("with --server the list stays as it is", async () => {
  await using home = await startGateway({ version: "1", backends: {} });
  using place = folder({});
  const servers = known({ XDG_CONFIG_HOME: place.directory }, { server: home.url });
  await using robot = await startRobot([], { servers });
  await robot.sees("● live");
  await robot.press("s");
  await robot.sees("which server?");
  await robot.ctrl("x");
  await robot.sees("with --server there is no list");
});
