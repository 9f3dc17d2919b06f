// server.tls: everything over https, certificates that are wrong, and certificates that are renewed.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect as openTls, type PeerCertificate, type SecureVersion } from "node:tls";
import { chaos } from "../fixtures/backends.ts";
import { type Certificate, certificate } from "../fixtures/certificate.ts";
import { folder, run } from "../fixtures/command.ts";
import { connect } from "../fixtures/connect.ts";
import { type Gateway, startGateway, trusting } from "../fixtures/gateway.ts";
import { statusOf } from "../fixtures/raw-http.ts";
import { until } from "../fixtures/until.ts";

setDefaultTimeout(30_000);

const [first, second] = [await certificate("first.test"), await certificate("second.test")];
const tls = { cert: "server.crt", key: "server.key" };
const config = { version: "1", server: { tls }, backends: { chaos: chaos() } };

/** Starts a gateway whose working directory has the files; it looks for its configuration elsewhere. */
async function startSecure(server: object = {}, options: object = {}) {
  const place = folder({ [tls.cert]: first.cert, [tls.key]: first.key });
  const at = { cert: join(place.directory, tls.cert), key: join(place.directory, tls.key) };
  const gateway = await startGateway({ ...config, server: { tls: at, ...server } }, { ca: first.cert, ...options });
  const replace = ({ cert, key }: Certificate) => {
    writeFileSync(at.cert, cert);
    writeFileSync(at.key, key);
  };
  const stop = async () => {
    await gateway.stop();
    place[Symbol.dispose]();
  };
  return { gateway, at, replace, [Symbol.asyncDispose]: stop };
}

/** Connects, and gives the name in the certificate that the server shows. */
function nameOf({ url }: Gateway, version?: SecureVersion): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const versions = version && { minVersion: version, maxVersion: version };
  const options = { host: "127.0.0.1", port: Number(new URL(url).port), rejectUnauthorized: false, ...versions };
  const socket = openTls(options, () => {
    resolve((socket.getPeerCertificate() as PeerCertificate).subject.CN as string);
    socket.end();
  });
  socket.on("error", reject);
  socket.on("close", () => reject(new Error("closed")));
  return promise;
}

const reload = async (gateway: Gateway) =>
  (await (await gateway.manage("/reload", { method: "POST" })).json()) as {
    reloaded: boolean;
    restart_required: string[];
    errors: string[];
  };

describe("with a certificate", () => {
  test.each(["streamable-http", "sse"] as const)(
    "clients connect by %s, and every URL says https",
    async (transport) => {
      await using secure = await startSecure({ transport });
      const { gateway } = secure;
      expect(gateway.url).toStartWith("https://127.0.0.1:");
      await using client = await connect(gateway.url, { transport, ca: first.cert });
      expect(await client.text("echo", { text: "hello" })).toContain("hello");
      const status = (await (await gateway.manage("/status")).json()) as { transport: object };
      expect(status.transport).toMatchObject({
        streamable_http_url: `${gateway.url}/mcp`,
        sse_url: `${gateway.url}/sse`,
      });
      await gateway.printed(/ready:/);
      expect(gateway.stderr()).not.toContain("http://");
      const page = await fetch(gateway.url, trusting(first.cert));
      expect(await page.text()).toContain(`${gateway.url}/mcp`);
      expect(page.headers.has("strict-transport-security")).toBe(false);
    },
  );

  test("the rules for hosts, origins and paths are the same", async () => {
    await using secure = await startSecure();
    const { url } = secure.gateway;
    const send = async (path: string, headers: Record<string, string> = {}) =>
      (await fetch(url + path, { headers, ...trusting(first.cert) })).status;
    expect(await send("/mcp", { host: "evil.example" })).toBe(403);
    expect(await send("/mcp", { origin: "https://evil.example" })).toBe(403);
    expect(await send("/", { origin: url })).toBe(200);
    expect(await send("/manage/v1/status", { host: "evil.example" })).toBe(403);
    expect(await send("/nowhere")).toBe(404);
    const paths = ["/mcp", "/x/mcp", "/x/manage/v1/health", "/manage/v1/status"];
    const answers = (host: string) => Promise.all(paths.map((path) => send(path, { host })));
    // The path must not begin later because the host is short.
    for (const host of ["x", "xy"]) expect([host, await answers(host)]).toEqual([host, [400, 400, 400, 400]]);
    expect(await answers("a.b")).toEqual([403, 403, 403, 403]);
    expect(await answers("localhost")).toEqual([400, 404, 404, 200]);
  });

  test("no one else is spoken to: neither plain HTTP nor what is older than TLS 1.2", async () => {
    await using secure = await startSecure();
    const { gateway } = secure;
    expect(await statusOf(gateway.url, ["GET / HTTP/1.1", "Host: localhost"])).toBe(0);
    for (const version of ["TLSv1.2", "TLSv1.3"] as const) expect(await nameOf(gateway, version)).toBe("first.test");
    for (const version of ["TLSv1", "TLSv1.1"] as const) await expect(nameOf(gateway, version)).rejects.toThrow();
  });
});

describe("a certificate that is wrong", () => {
  const keyText = first.key.split("\n")[1] ?? "";

  async function refusal(files: Record<string, string>, args: string[] = []): Promise<string> {
    using place = folder({ "config.yaml": config, ...files });
    const { code, stdout, stderr } = await run(["server", "--port", "0", ...args], place);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stderr).not.toContain("listening");
    expect(stderr).not.toContain(keyText);
    return stderr;
  }

  const { cert, key } = first;
  test.each([
    ["is missing", { [tls.key]: key }, /config\.yaml:1:\d+: server\.tls\.cert: server\.crt cannot be read/],
    ["has no key", { [tls.cert]: cert }, /server\.tls\.key: server\.key cannot be read/],
    ["is none", { [tls.cert]: "none", [tls.key]: key }, /server\.tls\.cert: server\.crt holds no certificate/],
    [
      "has a key that is none",
      { [tls.cert]: cert, [tls.key]: cert },
      /server\.tls\.key: server\.key holds no private key/,
    ],
    [
      "has another's key",
      { [tls.cert]: second.cert, [tls.key]: key },
      /server\.tls\.key: server\.key is not the key of server\.crt/,
    ],
    ["has files in the wrong place", { [tls.cert]: key, [tls.key]: cert }, /server\.crt holds no certificate/],
  ])("%s: the start fails and says so", async (_, files, message) => {
    expect(await refusal(files)).toMatch(message);
    expect(await refusal(files, ["--check"])).toMatch(message);
  });

  test.each([
    ["a certificate alone", { cert: "server.crt" }, "key is missing"],
    ["nothing", {}, "cert is missing"],
    ["a text", "server.crt", "server.tls"],
  ])("%s is no definition", async (_, wrong, message) => {
    expect(await refusal({ "config.yaml": JSON.stringify({ version: "1", server: { tls: wrong } }) })).toContain(
      message,
    );
  });

  test("null is none", async () => {
    await using gateway = await startGateway({ version: "1", server: { tls: null } });
    expect(gateway.url).toStartWith("http://");
  });
});

describe("a certificate that is renewed", () => {
  test("is shown after a reload, while who is connected stays so", async () => {
    await using secure = await startSecure({}, { ca: [first.cert, second.cert].join("\n") });
    const { gateway, replace } = secure;
    await using client = await connect(gateway.url, { ca: first.cert });
    const started = Promise.withResolvers<void>();
    const slow = client.text("slow", { seconds: 1, steps: 4 }, { onprogress: () => started.resolve() });
    await started.promise;
    expect(await nameOf(gateway)).toBe("first.test");
    replace(second);
    expect(await reload(gateway)).toMatchObject({ reloaded: true, restart_required: [], errors: [] });
    expect(await nameOf(gateway)).toBe("second.test");
    expect(await slow).toBe("done");
    await using another = await connect(gateway.url, { ca: second.cert });
    expect(await another.text("echo", { text: "hello" })).toContain("hello");
    expect(await gateway.stop()).toBe(0);
    expect(gateway.log()).not.toContain("PRIVATE KEY");
  });

  test("and is wrong: the former one stays, and the answer says what is wrong", async () => {
    await using secure = await startSecure({}, { ca: first.cert });
    const { gateway, replace } = secure;
    replace({ ...first, cert: second.cert });
    const { reloaded, errors } = await reload(gateway);
    expect([reloaded, errors.join()]).toEqual([false, expect.stringContaining("is not the key of")]);
    expect(await nameOf(gateway)).toBe("first.test");
    replace(second);
    expect(await reload(gateway)).toMatchObject({ reloaded: true });
    expect(await nameOf(gateway)).toBe("second.test");
  });

  test("or is taken away or added needs a restart", async () => {
    await using secure = await startSecure();
    const { gateway, at } = secure;
    gateway.edit({ ...config, server: {} });
    expect(await reload(gateway)).toMatchObject({ reloaded: true, restart_required: ["server.tls"] });
    expect(await nameOf(gateway)).toBe("first.test");
    await using plain = await startGateway({ version: "1" });
    plain.edit({ version: "1", server: { tls: at } });
    expect(await reload(plain)).toMatchObject({ reloaded: true, restart_required: ["server.tls"] });
    await until("plain HTTP is still served", async () => (await plain.manage("/health")).ok);
  });
});
