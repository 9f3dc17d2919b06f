// A typed client of one server's management API. Whatever goes wrong is a Failure with one sentence.
import { createParser, type EventSourceMessage } from "eventsource-parser";
import type { Clock } from "../model.ts";
import { Failure, failureOf, failureOfAnswer, foreign } from "./failure.ts";
import type {
  Capabilities,
  EventRecord,
  Hashes,
  Health,
  Lock,
  ReconnectAnswer,
  ReloadAnswer,
  Security,
  SessionRecord,
  Snapshot,
  StderrLine,
} from "./state.ts";

/** As much of `fetch` as is used. */
export type Fetch = (url: URL, init: RequestInit) => Promise<Response>;

export interface ApiOptions {
  /** The server's URL, without `/manage/v1`. */
  url: string;
  token?: string | undefined;
  clock: Clock;
  fetch?: Fetch | undefined;
}

/** How long an answer may take, in seconds: what only reads, and what connects backends. */
const READING = 10;
const WORKING = 120;

/** A stream beats every 15 s; after so many seconds of silence nobody is there any more. */
const SILENCE = 40;

/** The largest event, in characters. */
const EVENT_LIMIT = 4 * 1024 * 1024;

/** What has happened before everything. */
const BEGINNING = "000000000-0000000";

interface Ask {
  method?: "GET" | "POST" | "DELETE";
  body?: unknown;
  /** Statuses besides 2xx whose answer is one to have. */
  also?: number;
  seconds?: number;
  signal?: AbortSignal | undefined;
}

export interface Following {
  /** The id of the last known event; null to begin with the oldest that is held. */
  last: string | null;
  /** The stream is open. */
  opened(): void;
  event(event: EventRecord): void;
  signal: AbortSignal;
}

export class Api {
  readonly #options: ApiOptions;
  readonly #fetch: Fetch;

  constructor(options: ApiOptions) {
    this.#options = options;
    this.#fetch = options.fetch ?? fetch;
  }

  async snapshot(signal?: AbortSignal): Promise<Snapshot> {
    const snapshot = await this.#json<Snapshot>("/snapshot", { signal });
    return this.#mustBe(snapshot.status?.service?.name === "Argus MCP", snapshot);
  }

  /** `seconds`: how long the answer may take. */
  async health(seconds: number, signal?: AbortSignal): Promise<Health> {
    const health = await this.#json<Health>("/health", { seconds, signal });
    return this.#mustBe(typeof health.backends?.total === "number", health);
  }

  /** Also what is hidden from clients, and in detail. */
  capabilities(signal?: AbortSignal): Promise<Capabilities> {
    return this.#json("/capabilities?filtered=true&details=true", { signal });
  }

  security(): Promise<Security> {
    return this.#json("/security");
  }

  async stderr(backend: string): Promise<readonly StderrLine[]> {
    const { lines } = await this.#json<{ lines: StderrLine[] }>(`/backends/${encodeURIComponent(backend)}/stderr`);
    return lines;
  }

  lock(): Promise<Lock> {
    return this.#json("/lock");
  }

  async approve(backend: string, tools: readonly string[], hashes: Hashes = {}): Promise<void> {
    await this.#json("/lock/approve", { method: "POST", body: { backend, tools, hashes } });
  }

  reload(): Promise<ReloadAnswer> {
    return this.#json("/reload", { method: "POST", seconds: WORKING });
  }

  reconnect(backend: string): Promise<ReconnectAnswer> {
    const path = `/reconnect/${encodeURIComponent(backend)}`;
    return this.#json(path, { method: "POST", also: 502, seconds: WORKING });
  }

  async sessions(): Promise<readonly SessionRecord[]> {
    const { sessions } = await this.#json<{ sessions: SessionRecord[] }>("/sessions");
    return sessions;
  }

  async endSession(id: string): Promise<void> {
    await this.#text(`/sessions/${encodeURIComponent(id)}`, { method: "DELETE" });
  }

  async shutdown(seconds?: number): Promise<void> {
    await this.#json("/shutdown", {
      method: "POST",
      body: { ...(seconds !== undefined && { timeout_seconds: seconds }) },
    });
  }

  /** In Prometheus' text format. */
  async metrics(signal?: AbortSignal): Promise<string> {
    const [text] = await this.#text("/metrics", { signal });
    return text;
  }

  /** Follows the events; resolves when the server ends the stream. Throws Failure. */
  async follow({ last, opened, event, signal }: Following): Promise<void> {
    const silent = new AbortController();
    const url = this.#url("/events/stream");
    const headers = { ...this.#headers(), "last-event-id": last ?? BEGINNING };
    const watch = (seconds: number) => this.#options.clock.after(seconds * 1_000, () => silent.abort());
    let cancel = watch(READING);
    try {
      const response = await this.#fetch(url, {
        headers,
        redirect: "manual",
        signal: AbortSignal.any([signal, silent.signal]),
      });
      if (!response.ok) throw failureOfAnswer(response, await response.text(), url, this.#options.token !== undefined);
      opened();
      const parser = createParser({ maxBufferSize: EVENT_LIMIT, onEvent: (message) => event(eventOf(message)) });
      const decoder = new TextDecoder();
      for await (const chunk of response.body ?? []) {
        cancel();
        cancel = watch(SILENCE);
        parser.feed(decoder.decode(chunk, { stream: true }));
      }
    } catch (thrown) {
      if (silent.signal.aborted) throw new Failure("lost", `${url.host} has fallen silent`);
      throw failureOf(thrown, url, READING);
    } finally {
      cancel();
    }
  }

  /** The schemas of the API say what answers are; a server of another version is recognized by what it lacks. */
  async #json<Answer>(path: string, ask: Ask = {}): Promise<Answer> {
    const [text, response] = await this.#text(path, ask);
    if (!response.headers.get("content-type")?.startsWith("application/json")) throw foreign(this.#url(path), response);
    try {
      return JSON.parse(text) as Answer;
    } catch {
      throw foreign(this.#url(path), response);
    }
  }

  #mustBe<Answer>(argus: boolean, answer: Answer): Answer {
    if (!argus) throw new Failure("refused", `that is no Argus server: ${this.#url("").host} speaks of other things`);
    return answer;
  }

  async #text(path: string, ask: Ask): Promise<[text: string, response: Response]> {
    const url = this.#url(path);
    const { seconds = READING } = ask;
    const late = new AbortController();
    const cancel = this.#options.clock.after(seconds * 1_000, () => late.abort(new DOMException("", "TimeoutError")));
    try {
      const response = await this.#fetch(url, this.#request(ask, late.signal));
      const text = await response.text();
      if (!response.ok && response.status !== ask.also)
        throw failureOfAnswer(response, text, url, this.#options.token !== undefined);
      return [text, response];
    } catch (thrown) {
      throw failureOf(late.signal.aborted ? late.signal.reason : thrown, url, seconds);
    } finally {
      cancel();
    }
  }

  #request({ method = "GET", body = {}, signal }: Ask, late: AbortSignal): RequestInit {
    return {
      method,
      headers: { ...this.#headers(), ...(method === "POST" && { "content-type": "application/json" }) },
      ...(method === "POST" && { body: JSON.stringify(body) }),
      // A token must not follow a redirect to wherever that leads.
      redirect: "manual",
      signal: signal ? AbortSignal.any([signal, late]) : late,
    };
  }

  #headers(): Record<string, string> {
    const { token } = this.#options;
    return token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  #url(path: string): URL {
    return new URL(`${this.#options.url.replace(/\/+$/, "")}/manage/v1${path}`);
  }
}

function eventOf({ data }: EventSourceMessage): EventRecord {
  return JSON.parse(data) as EventRecord;
}
