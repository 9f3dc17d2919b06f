// Where a backend is in its life: the phase, since when and why, and how it came there.
import type { Phase } from "../model.ts";

/** One turn in the life of a backend. */
export interface Condition {
  type: "Ready" | "CircuitOpen";
  status: boolean;
  /** One word in CamelCase for programs. */
  reason: string;
  message: string;
  lastTransition: Date;
}

const REASONS: Record<Phase, string> = {
  pending: "Pending",
  initializing: "Connecting",
  ready: "Connected",
  degraded: "ProbesFail",
  retrying: "WaitsForRetry",
  failed: "Refused",
  shutting_down: "ShuttingDown",
  disabled: "Disabled",
};

/** So many conditions are kept. */
const KEPT = 10;

export class Life {
  #phase: Phase = "pending";
  #error: string | null = null;
  #connectedAt: Date | null = null;
  #restarts = 0;
  /** Whether it was connected and is to be again. */
  #lost = false;
  readonly #conditions: Condition[] = [];

  get phase(): Phase {
    return this.#phase;
  }

  /** Why it is not ready, in one sentence. */
  get error(): string | null {
    return this.#error;
  }

  /** Whether it can take calls. */
  get connected(): boolean {
    return this.#phase === "ready" || this.#phase === "degraded";
  }

  /** Whether it is about to end, or was switched off. */
  get over(): boolean {
    return this.#phase === "shutting_down" || this.#phase === "disabled";
  }

  /** Since when it is connected. */
  get connectedAt(): Date | null {
    return this.connected ? this.#connectedAt : null;
  }

  /** How often it was connected again after it was lost. */
  get restarts(): number {
    return this.#restarts;
  }

  /** The newest ten, oldest first. */
  get conditions(): readonly Condition[] {
    return this.#conditions;
  }

  /** Goes into a phase; nothing follows the end. `message` says more, and is the error of the phases that are none to be in. */
  enter(phase: Phase, message = ""): void {
    if (this.over || phase === this.#phase) return;
    if (phase === "retrying" && this.connected) this.#lost = true;
    if (phase === "ready" && !this.connected) {
      if (this.#lost) this.#restarts++;
      this.#lost = false;
      this.#connectedAt = new Date();
    }
    this.#phase = phase;
    if (phase === "ready") this.#error = null;
    else if (phase !== "initializing") this.#error = message || null;
    this.note({ type: "Ready", status: phase === "ready", reason: REASONS[phase], message });
  }

  note(condition: Omit<Condition, "lastTransition">): void {
    this.#conditions.push({ ...condition, lastTransition: new Date() });
    if (this.#conditions.length > KEPT) this.#conditions.shift();
  }
}
