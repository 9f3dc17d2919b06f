// Presses keys on a terminal and looks how many frames are drawn until one shows what the key does.
import type { OnTerminal } from "../fixtures/pty.ts";
import { within } from "../fixtures/until.ts";

export interface Key {
  /** What the terminal sends for it. */
  press: string;
  /** Whether a screen shows what it does. */
  shows(screen: string): boolean;
}

export interface Answer {
  /** Frames that were drawn after the key and do not show it yet. */
  behind: number;
  milliseconds: number;
}

/** Resolves when the screen shows what the key does. */
export async function press(ui: OnTerminal, { press: key, shows }: Key): Promise<Answer> {
  const { drawn } = ui;
  await settled(ui);
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const before = drawn.frames;
  const since = performance.now();
  drawn.onFrame = () => {
    if (shows(drawn.text)) resolve({ behind: drawn.frames - before - 1, milliseconds: performance.now() - since });
  };
  ui.type(key);
  return await within(`${JSON.stringify(key)} is answered`, promise).finally(() => {
    drawn.onFrame = () => undefined;
  });
}

/** What was written before the key must be read before it, and no frame be under way that only a busy machine has kept. */
async function settled({ drawn }: OnTerminal): Promise<void> {
  for (let turn = 0; turn < 10; turn++) {
    const { frames } = drawn;
    await Bun.sleep(1);
    if (drawn.frames === frames) return;
  }
}
