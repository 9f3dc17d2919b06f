// What one backend asks the gateway on one connection: each request is answered under its own id, unless the backend cancels it.
import { GatewayError } from "../errors.ts";
import type { AskOptions, Message } from "../model.ts";
import { errorText } from "../protocol/error.ts";
import { edit, pick } from "../protocol/json.ts";
import { idText, notification, resultText } from "../protocol/message.ts";

/** More than this are not open at once on one connection. */
const MOST = 1_000;

const TOO_MANY = `a question under this id, or ${MOST} others, are open already`;

export class Questions {
  /** By the text of their id. */
  readonly #open = new Map<string, AbortController>();

  constructor(private readonly send: (text: string) => void) {}

  /** Answers a request of the backend: a ping at once, everything else by what `ask` gives. */
  async answer(message: Message, ask: (options: AskOptions) => Promise<Message>): Promise<void> {
    const id = idText(message);
    if (message.body.method === "ping") return this.send(edit(resultText(0, "{}"), { id }));
    if (this.#open.has(id) || this.#open.size === MOST)
      return this.send(edit(errorText(0, new GatewayError("invalid_request", TOO_MANY)), { id }));
    const cancel = new AbortController();
    this.#open.set(id, cancel);
    try {
      const response = await ask({ signal: cancel.signal, progress: ({ text }) => this.send(text) });
      this.send(edit(response.text, { id }));
    } catch (error) {
      if (!cancel.signal.aborted) this.send(edit(errorText(0, error), { id }));
    } finally {
      this.#open.delete(id);
    }
  }

  /** The backend has cancelled a request of its own, with this notification. */
  cancel(message: Message): void {
    const id = message.body.params?.requestId;
    const exact = typeof id !== "number" || Number.isSafeInteger(id);
    const text = exact ? JSON.stringify(id) : pick(message.text, ["params", "requestId"]);
    this.#open.get(text ?? "")?.abort(message);
  }

  /** Nobody waits for answers any more. */
  end({ message: reason }: GatewayError): void {
    const cancelled = notification("notifications/cancelled", { requestId: 0, reason });
    for (const cancel of this.#open.values()) cancel.abort(cancelled);
  }
}
