// A robot at the keyboard: presses keys, types, clicks, and reads what is on the screen.
import type { CapturedFrame } from "@opentui/core";
import { createTestRenderer, type KeyInput } from "@opentui/core/testing";
import { App, type AppOptions } from "../../src/tui/app.ts";
import type { Clipboard } from "../../src/tui/clipboard.ts";
import { ServersHealth } from "../../src/tui/health.ts";
import type { KnownServers } from "../../src/tui/operations.ts";
import { SCREENS } from "../../src/tui/screens.ts";
import type { ServerEntry } from "../../src/tui/servers-file.ts";
import type { Store } from "../../src/tui/state.ts";
import { THEMES, type Theme, themeOf } from "../../src/tui/theme.ts";
import { until } from "../fixtures/until.ts";

export interface RobotOptions extends Partial<Pick<AppOptions, "screens" | "themes" | "themeReason">> {
  width?: number;
  clipboard?: Partial<Clipboard>;
  height?: number;
  /** The list of servers; one that is kept nowhere unless given. */
  servers?: KnownServers;
}

export interface Robot extends AsyncDisposable {
  readonly app: App;
  /** Whether the program was asked to end. */
  readonly quit: boolean;
  /** What was put on the clipboard, oldest first. */
  readonly copied: readonly string[];
  /** Presses keys one after the other: characters, or names like `ENTER`, `TAB`, `ARROW_DOWN`, `ESCAPE`. */
  press(...keys: KeyInput[]): Promise<void>;
  ctrl(key: string): Promise<void>;
  type(text: string): Promise<void>;
  /** Clicks where this text is. */
  click(text: string): Promise<void>;
  scroll(text: string, direction: "up" | "down"): Promise<void>;
  resize(width: number, height: number): Promise<void>;
  /** Resolves with the first frame that shows this. */
  sees(what: string | RegExp): Promise<string>;
  /** Resolves with the first frame that does not show this. */
  seesNo(what: string | RegExp): Promise<string>;
  /** What is on the screen now. */
  frame(): Promise<string>;
  /** The same with colours and attributes. */
  spans(): Promise<CapturedFrame>;
  /** Whether each frame asks for a further one, and so on without end. */
  restless(): Promise<boolean>;
}

export const EVERY_THEME = THEMES.map(themeOf) as [Theme, ...Theme[]];

/** Starts the terminal UI for these servers, without a terminal. */
export async function startRobot(stores: Store[], options: RobotOptions = {}): Promise<Robot> {
  const { width = 80, height = 24, screens = SCREENS, themes = EVERY_THEME, themeReason = null } = options;
  const { servers = serversOf(stores), clipboard } = options;
  const setup = await createTestRenderer({ width, height, exitOnCtrlC: false });
  const { renderer, mockInput, mockMouse } = setup;
  let quit = false;
  const copied: string[] = [];
  const app = new App({
    ...{ renderer, screens, themes, themeReason, servers },
    clipboard: { reason: null, needs: null, copy: (text) => void copied.push(text), ...clipboard },
    quit: () => {
      quit = true;
    },
  });
  app.start();
  const frame = async () => {
    await setup.renderOnce();
    return setup.captureCharFrame();
  };
  const shows = (text: string, what: string | RegExp) =>
    typeof what === "string" ? text.includes(what) : what.test(text);
  const look = async (what: string | RegExp, wanted: boolean) => {
    let last = "";
    return await until(`the screen ${wanted ? "shows" : "hides"} ${what}`, async () => {
      last = await frame();
      return shows(last, what) === wanted && last;
    }).catch((error: Error) => {
      throw new Error(`${error.message}\n${last}`);
    });
  };
  const placeOf = async (text: string) => {
    const lines = (await look(text, true)).split("\n");
    const y = lines.findIndex((line) => line.includes(text));
    return { x: Bun.stringWidth(lines[y]?.slice(0, lines[y]?.indexOf(text)) ?? ""), y };
  };
  return {
    ...{ app, copied },
    get quit() {
      return quit;
    },
    press: async (...keys) => {
      for (const key of keys) {
        mockInput.pressKey(key);
        // A lone Escape is one only when nothing follows it.
        if (key === "ESCAPE") await Bun.sleep(60);
      }
    },
    ctrl: async (key) => mockInput.pressKey(key, { ctrl: true }),
    type: (text) => mockInput.typeText(text),
    click: async (text) => {
      const { x, y } = await placeOf(text);
      await mockMouse.click(x, y);
    },
    scroll: async (text, direction) => {
      const { x, y } = await placeOf(text);
      await mockMouse.scroll(x, y, direction);
    },
    resize: async (columns, lines) => setup.resize(columns, lines),
    sees: (what) => look(what, true),
    seesNo: (what) => look(what, false),
    frame,
    spans: async () => {
      await setup.renderOnce();
      return setup.captureSpans();
    },
    restless: async () => {
      const first = renderer.frameId;
      const busy = Promise.withResolvers<boolean>();
      const count = () => {
        if (renderer.frameId - first > 20) busy.resolve(true);
      };
      renderer.on("frame", count);
      return await Promise.race([busy.promise, renderer.idle().then(() => false)]).finally(() =>
        renderer.off("frame", count),
      );
    },
    async [Symbol.asyncDispose]() {
      await app.stop();
      renderer.destroy();
    },
  };
}

/** A list of these servers, of which the first is active. */
function serversOf(stores: Store[]): KnownServers {
  const entries = stores.map(({ name, url }) => ({ name, url }));
  return {
    list: {
      entries,
      active: entries[0] as ServerEntry,
      activate: () => {},
      add: ({ name, url }) => void entries.push({ name, url }),
      remove: (name) =>
        void entries.splice(
          entries.findIndex((entry) => entry.name === name),
          1,
        ),
      fixed: false,
    },
    health: new ServersHealth({ servers: () => entries }),
    open: ({ name }) => stores.find((store) => store.name === name) as Store,
  };
}
