// A call that lasts until its client cancels it.
import { failure, type TestClient } from "../../fixtures/clients.ts";
import { unique } from "./scenario.ts";

export interface Hanging {
  /** Cancels the call and gives the reason that the backend was told; fails if the call had ended before. */
  cancel(reason: string): Promise<string>;
}

/** Resolves when the backend has begun. */
export async function startHanging(client: TestClient): Promise<Hanging> {
  const label = unique();
  const controller = new AbortController();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  let ended = false;
  const options = { signal: controller.signal, onprogress: () => begin() };
  const end = failure(client.call("hang", { label }, options)).finally(() => {
    ended = true;
  });
  await begun;
  return {
    async cancel(reason) {
      if (ended) throw new Error("The call ended before it was cancelled.");
      controller.abort(reason);
      await end;
      const [block] = (await client.call("cancelled", { label })).content as { text: string }[];
      return block?.text ?? "";
    },
  };
}
