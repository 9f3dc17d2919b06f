// bun run picture: writes docs/dashboard.svg, the terminal UI in front of a gateway that works, as it is after a minute and a half.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServerStore } from "../src/tui/store.ts";
import { themeOf } from "../src/tui/theme.ts";
import { reference, tiny } from "../tests/fixtures/backends.ts";
import { type Connected, connect } from "../tests/fixtures/connect.ts";
import { type Gateway, startGateway } from "../tests/fixtures/gateway.ts";
import { startRobot } from "../tests/tui/robot.ts";
import { svgOf } from "./svg.ts";

const SIZE = { width: 118, height: 34 };
/** As many as the graphs are wide. */
const SECONDS = 84;
/** What stands in the picture in place of this machine's address and paths. */
const ADDRESS = "http://127.0.0.1:9000";
const CONFIG = "/etc/argus/config.yaml";

const TOKEN = "of-the-picture";

const docs = join(import.meta.dir, "..", "docs");

async function paint(): Promise<string> {
  const files = mkdtempSync(join(tmpdir(), "argus-picture-"));
  mkdirSync(join(files, "notes"));
  await using gateway = await startGateway(configuration(files));
  const store = new ServerStore({ name: "home", url: ADDRESS, fetch: (url, init) => ask(gateway, url, init) });
  await using robot = await startRobot([store], { ...SIZE, themes: [themeOf("dark")] });
  await robot.sees(/● {2}memory +ready/);
  const clients = await Promise.all(
    ["claude-code", "cursor", "ci"].map((name) => connect(gateway.url, { name, token: () => TOKEN })),
  );
  await Promise.all([work(clients, files), disturb(store)]);
  await robot.press("ARROW_DOWN");
  await robot.sees(/memory/);
  const picture = svgOf(await robot.spans(), { title: "argus-mcp tui", background: "#0f1318" });
  await Promise.all(clients.map((client) => client.close()));
  rmSync(files, { recursive: true });
  return picture;
}

/** Servers from npm, one that cannot be reached, and one that is switched off. */
function configuration(files: string): object {
  return {
    version: "1",
    backends: {
      everything: reference("everything"),
      memory: { ...reference("memory"), group: "work" },
      filesystem: { ...reference("filesystem", files), group: "work" },
      search: { type: "streamable-http", url: "http://127.0.0.1:3001/mcp" },
      legacy: { ...tiny("nothing"), enabled: false },
    },
    incoming_auth: { type: "local", token: TOKEN },
    authorization: {
      ...{ enabled: true, default_effect: "allow" },
      policies: [{ effect: "deny", roles: ["*"], resources: ["tool:delete_*"] }],
    },
  };
}

/** Asks the gateway where it is, and lets it tell of where it might be. */
async function ask({ url, directory }: Gateway, { pathname, search }: URL, init: RequestInit): Promise<Response> {
  const response = await fetch(`${url}${pathname}${search}`, init);
  if (!response.headers.get("content-type")?.startsWith("application/json")) return response;
  const text = (await response.text())
    .replaceAll(url, ADDRESS)
    .replaceAll(join(directory, "config.yaml"), CONFIG)
    .replaceAll(directory, "");
  return new Response(text, response);
}

/** Calls come in waves, and some fail. */
async function work([first, second, third]: Connected[], files: string): Promise<void> {
  const end = performance.now() + SECONDS * 1_000;
  for (let turn = 0; performance.now() < end; turn++) {
    const calls = 4 + 3 * Math.sin(turn / 11) + 2 * Math.sin(turn / 3.7);
    for (let call = 0; call < calls; call++) {
      await first?.text("get-sum", { a: turn, b: call });
      await second?.text("list_directory", { path: files });
    }
    if (turn % 41 === 20) await third?.text("no-such-tool").catch(() => undefined);
    await Bun.sleep(400);
  }
}

/** A backend dies, and the configuration is read again. */
async function disturb(store: ServerStore): Promise<void> {
  await Bun.sleep(SECONDS * 600);
  process.kill(store.state.snapshot?.backends.find(({ name }) => name === "memory")?.pid ?? 0);
  await Bun.sleep(SECONDS * 200);
  await store.reload();
}

await Bun.write(join(docs, "dashboard.svg"), await paint());
