// What a command makes of being told to stop.

/** The exit codes of those whom a signal has ended. */
const CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Resolves with its exit code at the first SIGINT, SIGTERM or SIGHUP (a closed terminal); a second one ends the program at once. */
export function firstSignal(): Promise<number> {
  return new Promise((done) => {
    let stopping = false;
    for (const [signal, code] of Object.entries(CODES)) {
      process.on(signal, () => {
        if (stopping) process.exit(code);
        stopping = true;
        done(code);
      });
    }
  });
}
