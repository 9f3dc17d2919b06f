// The audit trail: one line of JSON for each call, for each client that could not show who it is, and for each change by hand.
import type { Config } from "../config/schema.ts";
import { describe } from "../errors.ts";
import type { CallObserver, Identity } from "../model.ts";
import { Appender } from "./appender.ts";
import { noteCalls } from "./audit-calls.ts";
import { type Facts, lineOf } from "./audit-record.ts";
import type { Redactor } from "./redact.ts";
import { openRotatingFile } from "./rotating-file.ts";

export type AuditSettings = Config["audit"];

export interface AuditOptions {
  redactor: Redactor;
  /** Takes a sentence about lines that are not in the file. */
  report(problem: string): void;
  /** Takes the lines that no file takes. */
  print(line: string): void;
}

/** Somebody could not show who it is, or wanted what is another's. */
export interface Refusal {
  /** Where from. */
  address: string | null;
  error: string;
  identity?: Identity;
}

/** Somebody changed the gateway, or tried to; without an address it was the gateway's own doing. */
export interface Change {
  method: "reload" | "reconnect" | "shutdown" | "end_session" | "approve";
  address?: string | null;
  backend?: string | null;
  /** What was changed there: the public id of a session, the name of a tool. */
  name?: string | null;
  /** In milliseconds. */
  latency?: number | null;
  error?: string | null;
}

const MEBIBYTE = 1024 * 1024;

/** So many characters may wait for the disk: several ten thousand lines. */
const LIMIT = 16 * MEBIBYTE;

/** How long a line waits for others to be written with, in milliseconds. */
const GATHERING = 50;

export class Audit {
  /** Notes calls from their arrival on; has to be the first to hear of them. */
  readonly observer: CallObserver = noteCalls((facts) => this.#write(facts));
  readonly #options: AuditOptions;
  #settings: AuditSettings | undefined;
  /** Absent where nothing is to be noted. */
  #appender: Appender<{ line: string }> | undefined;
  #stopped: Promise<unknown> = Promise.resolve();

  constructor(settings: AuditSettings, options: AuditOptions) {
    this.#options = options;
    this.apply(settings);
  }

  /** Takes changed settings; what was noted before goes to the file of before. */
  apply(settings: AuditSettings): void {
    if (Bun.deepEquals(settings, this.#settings)) return;
    void this.stop();
    this.#settings = settings;
    this.#appender = settings.enabled ? this.#open(settings) : undefined;
  }

  authFailed({ address, error, identity }: Refusal): void {
    this.#write({
      type: "auth_failed",
      source: { address, ...(identity && { identity }) },
      outcome: { status: "failure", latency: null, error },
    });
  }

  management({ method, address = null, backend = null, name = null, latency = null, error = null }: Change): void {
    this.#write({
      type: "management",
      source: { address },
      target: { backend, method, name, original: null },
      outcome: { status: error === null ? "success" : "failure", latency, error },
    });
  }

  /** Writes what waits; what comes later is printed. */
  async stop(): Promise<void> {
    this.#stopped = Promise.all([this.#stopped, this.#appender?.stop()]);
    await this.#stopped;
  }

  #open({ file: path, max_size_mb: size, backup_count: kept }: AuditSettings): Appender<{ line: string }> {
    const { report, print } = this.#options;
    return new Appender({
      limit: LIMIT,
      gathering: GATHERING,
      open: () => openRotatingFile({ path, limit: size * MEBIBYTE, kept }),
      missed: (count) => {
        report(`${count} audit lines are lost, which came faster than they were written to ${path}`);
        return [];
      },
      failed: (error, unwritten) => {
        report(`cannot write to ${path} (audit.file), so the audit goes to stderr: ${describe(error)}`);
        for (const { line } of unwritten) print(line);
      },
    });
  }

  #write(facts: Facts): void {
    if (!this.#appender) return;
    const line = lineOf(facts, this.#options.redactor);
    if (!this.#appender.write({ line })) this.#options.print(line);
  }
}
