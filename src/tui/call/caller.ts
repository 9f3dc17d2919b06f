// Asks the gateway as a client of it, and asks the user for the token of clients when the gateway wants one.
import { VERSION } from "../../version.ts";
import { Failure } from "../failure.ts";
import { McpClient } from "../mcp.ts";
import type { Shell } from "../screen.ts";

export class Caller {
  readonly #shell: Pick<Shell, "prompt" | "store">;
  #client: McpClient | undefined;
  /** In memory only. */
  #token: string | undefined;

  constructor(shell: Pick<Shell, "prompt" | "store">) {
    this.#shell = shell;
  }

  /** Does this with a client; again with another token where it is refused for that and the user gives one. */
  async ask<Answer>(work: (client: McpClient) => Promise<Answer>): Promise<Answer> {
    try {
      return await work(this.#connected());
    } catch (error) {
      if (!(error instanceof Failure && error.kind === "refused")) throw error;
      const token = await this.#shell.prompt({
        title: error.message,
        ...{ placeholder: "token for MCP clients; it is not kept", secret: true },
      });
      if (!token) throw error;
      await this.stop();
      this.#token = token;
      return await this.ask(work);
    }
  }

  /** Ends the session with the gateway. */
  async stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.stop();
  }

  #connected(): McpClient {
    this.#client ??= new McpClient({ url: this.#shell.store.url, version: VERSION, token: this.#token });
    return this.#client;
  }
}
