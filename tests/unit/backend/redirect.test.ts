// The browser that comes back is received on this machine and nowhere else.
import { expect, test } from "bun:test";
import { listenForRedirect } from "../../../src/backend/redirect.ts";

test("nobody else on the network can come in place of the browser", async () => {
  const redirect = listenForRedirect({ port: 0, state: "s", receive: async () => "welcome" });
  try {
    const ask = async (host: string) => {
      const url = new URL(`${redirect.uri}?state=s`);
      url.hostname = host;
      return await (await fetch(url)).text();
    };
    expect(await ask("127.0.0.1")).toBe("welcome\n");
    // Another address of the same machine, to which a listener on all of them would answer.
    await expect(ask("127.0.0.2")).rejects.toThrow();
  } finally {
    redirect.close();
  }
});
