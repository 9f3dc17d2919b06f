// What a backend prints, as it is followed on its screen.
import { expect, test } from "bun:test";
import { Printed } from "../../../src/tui/screens/printed.ts";
import type { StderrLine, Store } from "../../../src/tui/state.ts";

const line = (text: string): StderrLine => ({ timestamp: "2026-01-02T03:04:05Z", line: text });

test("an answer to what was asked before somebody looked away is no news, also of the same backend", async () => {
  const answers: ((lines: StderrLine[]) => void)[] = [];
  const stderr = () => new Promise<StderrLine[]>((resolve) => void answers.push(resolve));
  const { state } = { state: { link: { phase: "live" } } } as Pick<Store, "state">;
  const printed = new Printed({ stderr, state }, () => {});
  printed.follow("files");
  printed.follow(undefined);
  printed.follow("files");
  answers[1]?.([line("new")]);
  await Bun.sleep(0);
  answers[0]?.([line("old")]);
  await Bun.sleep(0);
  expect(printed.output.lines).toEqual([line("new")]);
  printed.follow(undefined);
  expect(printed.output.lines).toEqual([]);
});
