// Connecting a client: its text is found, fitted to the server, and copied.
import { expect, test } from "bun:test";
import { SCREENS } from "../../src/tui/screens.ts";
import { backend, snapshot } from "../unit/tui/known.ts";
import { startRobot } from "./robot.ts";
import { ScriptedStore, snapshotOf } from "./scripted-store.ts";

const TAB = String(SCREENS.findIndex(({ title }) => title === "Clients") + 1) as "8";

const { security } = snapshot();
const groups = [backend("files"), backend("tickets", { group: "work" })];

function server(auth: Partial<typeof security.incoming_auth> = {}, backends = groups): ScriptedStore {
  const incoming_auth = { ...security.incoming_auth, ...auth };
  return new ScriptedStore("box", { snapshot: snapshotOf(backends, { security: { ...security, incoming_auth } }) });
}

/** What was copied last, as JSON. */
const last = (copied: readonly string[]) => JSON.parse(copied.at(-1) ?? "");

async function open(store: ScriptedStore, size: { width?: number; height?: number } = {}) {
  const robot = await startRobot([store], size);
  await robot.press(TAB);
  await robot.sees("Its entry");
  return robot;
}

test.each([
  [80, 24],
  [200, 50],
])("each client's text is shown with its file, and copied (%d by %d)", async (width, height) => {
  await using robot = await open(server(), { width, height });
  await robot.sees(/claude_desktop_config\.json/);
  await robot.press("ARROW_DOWN");
  await robot.sees(/belongs into ~?.*\.claude\.json/);
  await robot.press("ARROW_DOWN", "y");
  await robot.sees("✔ Claude Code (command) is sent to the clipboard");
  expect(robot.copied).toEqual(["claude mcp add --transport http --scope user argus http://a/mcp"]);
  await robot.press("ARROW_DOWN", "RETURN");
  const frame = await robot.sees("✔ Cursor is sent to the clipboard");
  expect(last(robot.copied)).toEqual({ mcpServers: { argus: { url: "http://a/mcp" } } });
  expect(frame).toContain('"url": "http://a/mcp"');
  expect(frame).toContain("Then switch the server on in Cursor's settings");
  expect(frame).toContain("argus-mcp client add cursor");
  await robot.press("END");
  await robot.sees("─ Windsurf ─");
  expect(await robot.restless()).toBe(false);
});

test("only one group, under another name", async () => {
  await using robot = await open(server());
  await robot.press("END");
  await robot.sees("─ Windsurf ─");
  await robot.click("e group");
  await robot.sees("which group?");
  await robot.type("wor");
  await robot.press("RETURN");
  await robot.sees("http://a/mcp/work");
  await robot.press("n");
  await robot.sees("What the server is called in the client");
  await robot.type("2");
  await robot.press("RETURN");
  await robot.sees('"argus2": {');
  await robot.press("n");
  await robot.type(" !");
  await robot.press("RETURN");
  await robot.sees('▲ a name has letters, digits, _ and -, not "argus2 !"');
  await robot.sees("› argus2 !");
  await robot.press("BACKSPACE", "RETURN", "y");
  expect(last(robot.copied)).toEqual({ mcpServers: { argus2: { serverUrl: "http://a/mcp/work" } } });
});

test("what makes no sense here says so", async () => {
  await using robot = await open(server({}, [backend("files")]));
  await robot.press("e");
  await robot.sees("▲ the backends are in no more than one group");
  await robot.press("v");
  await robot.sees("▲ this server asks clients for no token");
});

test("a server that asks for a token: from a variable, where the client reads any", async () => {
  await using robot = await open(server({ type: "local" }), { width: 120, height: 40 });
  await robot.sees("Claude Desktop reads no variables in its file: put the token itself in the place of");
  await robot.press("ARROW_DOWN", "ARROW_DOWN");
  await robot.sees("The shell puts the token in from its variable ARGUS_TOKEN");
  await robot.press("ARROW_DOWN");
  await robot.sees(/"Authorization": "Bearer \$\{env:ARGUS_TOKEN\}"/);
  await robot.press("v");
  await robot.sees("The variable with the token");
  await robot.type("_2");
  await robot.press("RETURN");
  await robot.sees("--token-env ARGUS_TOKEN_2");
  await robot.press("v");
  await robot.sees("The variable with the token");
  for (const _ of "ARGUS_TOKEN_2") await robot.press("BACKSPACE");
  await robot.press("RETURN");
  await robot.sees("This server asks for a token, and this sends none");
});

test("where clients log in by themselves, the text has no token", async () => {
  await using robot = await open(server({ type: "oidc", issuer: "https://login.example" }), { width: 120, height: 40 });
  await robot.sees("The client logs in at https://login.example when the server asks it to");
  await robot.press("END", "y");
  await robot.sees("✔ Windsurf");
  expect(last(robot.copied)).toEqual({ mcpServers: { argus: { serverUrl: "http://a/mcp" } } });
});

test("a terminal without a clipboard says so, and one behind tmux what it needs", async () => {
  const reason = "this terminal lets no program copy: it knows no OSC 52";
  await using robot = await startRobot([server()], { clipboard: { reason } });
  await robot.press(TAB);
  await robot.sees("Its entry");
  await robot.press("y");
  await robot.sees(`▲ ${reason}`);
  expect(robot.copied).toEqual([]);
  await using inTmux = await startRobot([server()], { clipboard: { needs: "tmux needs set-clipboard on" } });
  await inTmux.press(TAB);
  await inTmux.press("y");
  await inTmux.sees("✔ Claude Desktop is sent to the clipboard; tmux needs set-clipboard on");
});
