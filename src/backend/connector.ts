// Opens the connections of one backend: by its transport, in the era that it speaks, and with what it is authorized with.
import type { Era, JsonObject, Session } from "../model.ts";
import { excerpt } from "../observe/excerpt.ts";
import type { Connection, ConnectionHandlers } from "./connection.ts";
import { type Credentials, needsAuthorization } from "./credentials.ts";
import { Eras } from "./eras.ts";
import { ownHello } from "./hello.ts";
import type { BackendDependencies, BackendOptions } from "./status.ts";
import type { Traffic } from "./transport.ts";

export interface ConnectorOptions extends Pick<BackendDependencies, "clock" | "version" | "tokens"> {
  /** The backend as it is configured now. */
  backend(): BackendOptions;
  warn(message: string, details?: JsonObject): void;
  /** Somebody has agreed, or refused: it is time to try again. */
  answered(): void;
}

export interface Wanted {
  /** Gives up. */
  signal: AbortSignal;
  /** Whose own it is to be. */
  session: Session | undefined;
  /** Receives what a process prints beside messages. */
  output(line: string): void;
  handlers: Pick<ConnectionHandlers, "ask" | "notify" | "unheard" | "closed">;
}

export class Connector {
  readonly traffic: Traffic = { received: 0, sent: 0 };
  readonly #options: ConnectorOptions;
  readonly #eras: Eras;
  /** Processes on their way out, of connections that are over. */
  readonly #endings = new Set<Promise<void>>();
  readonly #tokens: NonNullable<ConnectorOptions["tokens"]>;
  #credentials: Credentials | undefined;

  constructor(options: ConnectorOptions) {
    this.#options = options;
    this.#eras = new Eras(options.clock);
    this.#tokens = options.tokens ?? new Map<string, string>();
    this.#credentials = this.#newCredentials();
  }

  /** That of the newest connection; nothing before the first one. */
  get era(): Era | undefined {
    return this.#eras.era;
  }

  /** Throws GatewayError. */
  open({ signal, session, output, handlers }: Wanted): Promise<Connection> {
    const { backend, version } = this.#options;
    const { protocol, apart, timeouts, sharing, transport } = backend();
    const means = { output, credentials: this.#credentials, traffic: this.traffic };
    return this.#eras.open({
      ...{ protocol, apart, version, signal, timeout: timeouts.init },
      transport: (era) => transport(means, era),
      hello: session ? session.hello : ownHello(sharing, version),
      handlers: {
        ...handlers,
        noise: (text) => this.#noise(text),
        ending: (gone) => {
          this.#endings.add(gone);
          void gone.finally(() => this.#endings.delete(gone));
        },
      },
    });
  }

  /** Resolves when the processes of all connections that are over have ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#endings);
  }

  /** The backend is configured anew: what was found of it, and what it was authorized with, is of no use any more. */
  renew(): void {
    this.stop();
    this.#credentials = this.#newCredentials();
    this.#eras.forget();
  }

  stop(): void {
    this.#credentials?.stop();
  }

  #noise(text: string): void {
    const { backend, warn } = this.#options;
    const shown = excerpt(this.#credentials?.hide(text) ?? text, 200);
    const printed = backend().type === "stdio";
    warn(printed ? `printed to stdout what is no message: ${shown}` : `sent what is no message: ${shown}`);
  }

  #newCredentials(): Credentials | undefined {
    const { backend, clock, warn, answered } = this.#options;
    const { name, credentials } = backend();
    return credentials?.({
      ...{ backend: name, clock, store: this.#tokens },
      ask: (url) => warn(needsAuthorization(url), { url }),
      answered: () => {
        this.#credentials?.expire();
        answered();
      },
    });
  }
}
