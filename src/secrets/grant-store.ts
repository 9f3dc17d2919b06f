// What OAuth has granted, kept with the secrets beyond the life of the program; what they do not take stays in memory, and somebody is told.
import type { Config } from "../config/schema.ts";
import { describe, GatewayError } from "../errors.ts";
import type { Fact } from "../model.ts";
import type { Environment, SecretStore } from "./store.ts";

export interface GrantStoreOptions {
  /** Where secrets are kept now. */
  where(): Config["secrets"];
  environment: Environment;
  emit(fact: Fact): void;
}

/** How long the last writes may take at the end, in milliseconds. */
const PATIENCE = 2_000;

/** Names are those of secrets. The store is opened with the first use, so that only those pay for it who have such a backend. */
export class GrantStore {
  readonly #options: GrantStoreOptions;
  /** What could not be written, or deleted; it counts until it can. */
  readonly #unkept = new Map<string, string | undefined>();
  #opened: { where: Config["secrets"]; store: SecretStore } | undefined;
  /** Settles when everything was written. */
  #writes: Promise<unknown> = Promise.resolve();
  /** What was told last, and is still so. */
  #problem: string | undefined;

  constructor(options: GrantStoreOptions) {
    this.#options = options;
  }

  /** Gives nothing for what is not there, and for what cannot be read. */
  async get(name: string): Promise<string | undefined> {
    await this.#writes;
    if (this.#unkept.has(name)) return this.#unkept.get(name);
    const found = await this.#attempt((store) => store.read([name]));
    return found?.result.get(name);
  }

  /** Returns at once: no call waits for a disk. */
  set(name: string, value: string): void {
    this.#write(name, value, (store) => store.set(name, value));
  }

  delete(name: string): void {
    this.#write(name, undefined, (store) => store.delete(name));
  }

  /** Resolves when what was given to it is written. */
  async stop(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, PATIENCE);
    await Promise.race([this.#writes, promise]);
    // It would keep a command from its end.
    clearTimeout(timer);
  }

  #write(name: string, value: string | undefined, work: (store: SecretStore) => Promise<unknown>): void {
    this.#writes = this.#writes.then(async () => {
      if (await this.#attempt(work)) this.#unkept.delete(name);
      else this.#unkept.set(name, value);
    });
  }

  /** Gives nothing where it fails, which is told once. */
  async #attempt<Result>(work: (store: SecretStore) => Promise<Result>): Promise<{ result: Result } | undefined> {
    try {
      const result = await work(await this.#open());
      this.#problem = undefined;
      return { result };
    } catch (error) {
      this.#tell(describe(error));
      return undefined;
    }
  }

  async #open(): Promise<SecretStore> {
    const where = this.#options.where();
    if (this.#opened && Bun.deepEquals(this.#opened.where, where)) return this.#opened.store;
    const { environment } = this.#options;
    const { provider, path } = where;
    if (provider === "env") {
      throw new GatewayError("config", "secrets.provider: env can only be read; file and keychain can keep them");
    }
    // Said before somebody agrees to something, not when it is too late.
    if (provider === "file") await (await import("./key.ts")).findMasterKey(environment);
    const { openStore, secretsFile } = await import("./store.ts");
    const store = await openStore(provider, secretsFile(environment, path), environment);
    this.#opened = { where, store };
    return store;
  }

  #tell(problem: string): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    const message = `OAuth tokens are in memory only, and somebody has to agree anew after a restart: ${problem}`;
    this.#options.emit({ stage: "status", severity: "warning", message });
  }
}
