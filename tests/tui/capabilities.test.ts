// The screen of capabilities: thousands of tools, searching, filters, and what servers may write into it.
import { expect, setDefaultTimeout, test } from "bun:test";
import type { Capabilities, ServerState } from "../../src/tui/state.ts";
import { backend } from "../unit/tui/known.ts";
import { startRobot } from "./robot.ts";
import { ScriptedStore, snapshotOf } from "./scripted-store.ts";

setDefaultTimeout(30_000);

type Tool = Capabilities["tools"][number];

function tool(name: string, more: Partial<Tool> = {}): Tool {
  return {
    ...{ name, original_name: name, description: null, backend: "files", input_schema: { type: "object" } },
    ...{ filtered: false, renamed: false, hidden: false, title: null, output_schema: null, annotations: null },
    ...more,
  };
}

const answer = (tools: Tool[]): Capabilities => ({
  ...{ tools, resources: [], resource_templates: [], prompts: [], route_map: {} },
});

async function open(tools: Tool[] | null, size = { width: 80, height: 24 }) {
  const state: Partial<ServerState> = { snapshot: snapshotOf([backend("files"), backend("notes")]) };
  const server = new ScriptedStore("home", { ...state, capabilities: tools && answer(tools) });
  const robot = await startRobot([server], size);
  await robot.press("3");
  await robot.sees("Templates");
  return { server, robot, [Symbol.asyncDispose]: () => robot[Symbol.asyncDispose]() };
}

const many = Array.from({ length: 2_000 }, (_, index) => tool(`tool-${index}`, { description: `Does ${index * 7}.` }));

test("of two thousand tools one is found, and stays selected when the list is loaded anew", async () => {
  await using ui = await open(many);
  const { robot, server } = ui;
  await robot.sees("Tools 2,000");
  await robot.press("/");
  await robot.type("1999");
  await robot.sees("─ tool-1999 ─");
  await robot.press("RETURN");
  await robot.sees("Tools 1/2,000");
  await robot.press("ESCAPE");
  expect(await robot.sees(/Tools 2,000 ─/)).toMatch(/^│ +tool-1999 /m);
  await robot.press("END", "ARROW_UP");
  await robot.sees("─ tool-1998 ─");
  server.set({ capabilities: answer([tool("new"), ...many]) });
  expect(await robot.sees("Tools 2,001")).toContain("─ tool-1998 ─");
});

test("names come before what is only said, and words may stand anywhere", async () => {
  await using ui = await open([tool("write", { description: "Not to read a file." }), tool("read_file")]);
  const { robot } = ui;
  await robot.press("/");
  await robot.type("file READ");
  await robot.sees(/─ read_file ─/);
  expect(await robot.frame()).toMatch(/read_file.*\n.*write/);
});

test("what is hidden is marked, cannot be used, and can be left out", async () => {
  await using ui = await open([tool("seen"), tool("secret", { filtered: true, hidden: true })]);
  const { robot } = ui;
  expect(await robot.sees("○ 1 hidden")).toMatch(/○ {2}secret/);
  await robot.press("ARROW_DOWN");
  await robot.sees("a filter or the tool lock");
  await robot.press("RETURN");
  await robot.sees("▲ secret is hidden from clients");
  await robot.press(".");
  await robot.seesNo(/○ {2}secret/);
  await robot.sees("1 hidden not shown");
});

test("where all of a kind is hidden and left out, it says how it is shown", async () => {
  await using ui = await open([tool("secret", { filtered: true, hidden: true })]);
  const { robot } = ui;
  await robot.press(".");
  await robot.sees("All tools are hidden: . shows");
});

test("a renamed tool tells its own name, and only one backend's can be shown", async () => {
  await using ui = await open([
    tool("files_read", { original_name: "read", renamed: true }),
    tool("add", { backend: "notes" }),
  ]);
  const { robot } = ui;
  expect(await robot.sees(/≈ {2}files_read/)).toMatch(/original +read/);
  await robot.press("b");
  await robot.sees("which backend?");
  await robot.type("not");
  await robot.seesNo("all backends");
  await robot.press("RETURN");
  await robot.seesNo("files_read");
  await robot.sees("only notes");
  await robot.press("ESCAPE");
  await robot.sees("files_read");
});

test("a schema is read in words or as JSON, and a recursive one ends", async () => {
  const input_schema = {
    type: "object",
    properties: {
      path: { type: "string", description: "Where to begin." },
      tree: { $ref: "#/$defs/Node" },
    },
    required: ["path"],
    $defs: { Node: { type: "object", properties: { children: { type: "array", items: { $ref: "#/$defs/Node" } } } } },
  };
  await using ui = await open(
    [tool("walk", { input_schema, output_schema: { properties: { found: { type: "integer" } } } })],
    {
      ...{ width: 200, height: 50 },
    },
  );
  const { robot } = ui;
  const frame = await robot.sees(/path\* +string/);
  expect(frame).toMatch(/Where to begin\./);
  expect(frame).toMatch(/\[ \] +object +as above/);
  expect(frame).toMatch(/Result.*\n.*found +integer/);
  await robot.press("v");
  expect(await robot.sees('"input_schema": {')).toContain('"$ref": "#/$defs/Node"');
});

test("no word of a server reaches the terminal as a command", async () => {
  const evil = "\u001b[2J\u009b31m\u202e";
  const input_schema = {
    type: "object",
    properties: { [evil]: { type: "string", description: evil, default: evil, enum: [evil] } },
  };
  await using ui = await open([tool(evil, { description: evil, title: evil, input_schema })], {
    width: 200,
    height: 50,
  });
  const { robot } = ui;
  const clean = (frame: string) => expect(frame.replaceAll("\n", "")).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u);
  clean(await robot.sees("Parameters"));
  await robot.press("v");
  clean(await robot.sees("input_schema"));
  await robot.press("RETURN");
  clean(await robot.sees("esc close"));
  await robot.ctrl("e");
  clean(await robot.sees(/u001b\[2J/));
});

test("all can be done by mouse", async () => {
  const properties = { text: { type: "string" }, loud: { type: "boolean" } };
  const name = "second_and_too_long_for_the_list_of_tools";
  await using ui = await open([tool("first"), tool(name, { input_schema: { type: "object", properties } })]);
  const { robot } = ui;
  await robot.click("Prompts");
  await robot.sees("No prompts.");
  await robot.click("Tools 2");
  const [row = ""] = /second_\S+…/.exec(await robot.sees("second_")) ?? [];
  await robot.click(row);
  await robot.sees(/name +second_/);
  await robot.click(row);
  await robot.sees("▸ text");
  await robot.click("loud");
  await robot.sees("‹ not given ›");
  await robot.click("not given");
  await robot.sees("‹ true ›");
  await robot.click("esc close");
  await robot.seesNo("‹ true ›");
});

test("until it is loaded it says so, and a form that is open asks for no further frame", async () => {
  await using ui = await open(null);
  const { robot, server } = ui;
  await robot.sees("Loading …");
  const properties = { text: { type: "string" }, count: { type: "number" } };
  server.set({ capabilities: answer([tool("say", { input_schema: { type: "object", properties } })]) });
  await robot.sees("─ say ─");
  await robot.press("RETURN");
  await robot.sees("esc close");
  await robot.press("TAB");
  await robot.sees("▸ count");
  expect(await robot.restless()).toBe(false);
  await robot.ctrl("e");
  await robot.sees("ctrl+s run");
  expect(await robot.restless()).toBe(false);
});
