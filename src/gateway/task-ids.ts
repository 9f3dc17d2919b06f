// Ids of modern tasks as clients have them (SEP-2663): the way to a backend and its own id, signed for whoever made the call.
// So nothing has to be remembered, two backends may have the same id, and what was made for one user is nothing to another.
import type { Identity } from "../model.ts";
import { Signer } from "../policy/signer.ts";

/** What a task is to the gateway. */
export interface TaskWay {
  readonly backend: string;
  /** The exposed name of the tool whose call it is. */
  readonly tool: string;
  /** The backend's own. */
  readonly taskId: string;
}

/** Finds the key that ids are signed with, if they are to outlast this process. */
export type TaskKey = () => Promise<Uint8Array | undefined>;

export class TaskIds {
  readonly #key: TaskKey;
  #signer: Promise<Signer> | undefined;

  constructor(key: TaskKey) {
    this.#key = key;
  }

  async make({ backend, tool, taskId }: TaskWay, owner: Identity): Promise<string> {
    const way = Buffer.from(JSON.stringify([backend, tool, taskId])).toString("base64url");
    return (await this.#signed()).sign(way, contextOf(owner));
  }

  /** Nothing for what was not made here for this owner. */
  async read(id: string, owner: Identity): Promise<TaskWay | undefined> {
    const way = (await this.#signed()).open(id, contextOf(owner));
    if (way === undefined) return undefined;
    const [backend, tool, taskId] = JSON.parse(Buffer.from(way, "base64url").toString()) as [string, string, string];
    return { backend, tool, taskId };
  }

  /** The key is looked for with the first task: most gateways never have one. */
  #signed(): Promise<Signer> {
    this.#signer ??= this.#key().then((key) => new Signer(key ?? crypto.getRandomValues(new Uint8Array(32))));
    return this.#signer;
  }
}

function contextOf({ issuer, subject }: Identity): string {
  return JSON.stringify([issuer, subject]);
}
