// What a command makes of being told to stop.

/** The exit codes of those whom a signal has ended. */
const CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** On a terminal one Ctrl-C may come twice: from the terminal, and from what has started the program, such as `bun run`. Nobody is so fast, in milliseconds. */
const SAME_PRESS = 100;

/** Resolves with its exit code at the first SIGINT, SIGTERM or SIGHUP (a closed terminal); a second one ends the program at once. */
export function firstSignal(onTerminal = false): Promise<number> {
  return new Promise((done) => {
    let first: number | undefined;
    for (const [signal, code] of Object.entries(CODES)) {
      process.on(signal, () => {
        const now = performance.now();
        if (first !== undefined && !(onTerminal && now - first < SAME_PRESS)) process.exit(code);
        first ??= now;
        done(code);
      });
    }
  });
}
