// The management API of a gateway that runs, by its typed client where that can say it.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these placeholders are the configuration's own.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { version } from "../../package.json";
import { tiny } from "../fixtures/backends.ts";
import { connect } from "../fixtures/connect.ts";
import { startGateway } from "../fixtures/gateway.ts";
import { managementOf } from "../fixtures/management.ts";
import { until, within } from "../fixtures/until.ts";

setDefaultTimeout(30_000);

const backends = {
  first: { ...tiny("first"), group: "dev", tool_overrides: { first: { name: "primus", description: "The first." } } },
  second: { ...tiny("second"), filters: { tools: { deny: ["*"] } } },
  bad: { type: "stdio", command: "/nowhere/at-all" },
  off: { ...tiny("off"), enabled: false },
};

/** Gives what an answer holds; fails for an error. */
async function dataOf<Data>(answer: Promise<{ data: Data | null; error: unknown }>): Promise<Data> {
  const { data, error } = await answer;
  if (data === null) throw new Error(`it failed: ${JSON.stringify(error)}`);
  return data;
}

describe("tells what there is", () => {
  test("service, configuration and transport", async () => {
    await using gateway = await startGateway({ version: "1", backends, feature_flags: { hot_reload: false } });
    const status = await dataOf(managementOf(gateway.url).status.get());
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(status).toStrictEqual({
      service: {
        ...{ name: "Argus MCP", version, state: "running" },
        ...{ uptime_seconds: expect.any(Number), started_at: time },
      },
      config: { file_path: `${gateway.directory}/config.yaml`, loaded_at: time, backend_count: 4 },
      transport: {
        ...{ sse_url: `${gateway.url}/sse`, streamable_http_url: `${gateway.url}/mcp` },
        ...{ host: "127.0.0.1", port: Number(new URL(gateway.url).port) },
      },
      feature_flags: { hot_reload: false },
    });
  });

  test("backends, in configuration order, and groups", async () => {
    await using gateway = await startGateway({ version: "1", backends });
    const api = managementOf(gateway.url);
    const { backends: all } = await dataOf(api.backends.get());
    expect(all.map(({ name, state }) => [name, state])).toEqual([
      ["first", "connected"],
      ["second", "connected"],
      ["bad", "disconnected"],
      ["off", "disconnected"],
    ]);
    const first = await dataOf(api.backends({ name: "first" }).get());
    expect(first).toMatchObject({
      ...{ type: "stdio", group: "dev", phase: "ready", error: null, restarts: 0 },
      ...{ connected_at: expect.any(String), pid: expect.any(Number), labels: { sharing: "shared" } },
      ...{ capabilities: { tools: 1 }, protocol_version: expect.any(String), server_info: { name: "tiny" } },
    });
    const bad = await dataOf(api.backends({ name: "bad" }).get());
    expect(bad).toMatchObject({ connected_at: null, error: expect.stringContaining("/nowhere/at-all"), pid: null });
    expect(await dataOf(api.backends({ name: "off" }).get())).toMatchObject({ phase: "disabled", connected_at: null });
    expect(await dataOf(api.groups.get())).toStrictEqual({
      groups: { dev: { servers: ["first"], count: 1 }, default: { servers: ["second", "bad", "off"], count: 3 } },
      ...{ total_groups: 2, total_servers: 4 },
    });
  });

  test("capabilities, renamed and hidden ones too", async () => {
    await using gateway = await startGateway({ version: "1", backends });
    const { capabilities } = managementOf(gateway.url);
    const tool = {
      ...{ name: "primus", original_name: "first", description: "The first.", backend: "first" },
      ...{ input_schema: expect.any(Object), filtered: false, renamed: true },
    };
    expect(await dataOf(capabilities.get())).toStrictEqual({
      ...{ tools: [tool], resources: [], resource_templates: [], prompts: [] },
      route_map: { primus: ["first", "first"] },
    });
    const all = await dataOf(capabilities.get({ query: { filtered: true, type: "tools" } }));
    expect(all.tools.map(({ name, filtered }) => [name, filtered])).toEqual([
      ["primus", false],
      ["second", true],
    ]);
    expect(Object.keys(all.route_map)).toEqual(["primus"]);
    expect((await dataOf(capabilities.get({ query: { search: "FIRST", type: "prompts" } }))).tools).toEqual([]);
  });

  test("sessions of both transports, which can be ended", async () => {
    await using gateway = await startGateway({ version: "1", backends });
    const { sessions } = managementOf(gateway.url);
    await using modern = await connect(gateway.url);
    await using old = await connect(gateway.url, { transport: "sse", group: "dev" });
    const { active_sessions: active, sessions: all } = await dataOf(sessions.get());
    expect(active).toBe(2);
    const shared = { client: { name: "field-test", version: "1.0.0" }, user: null, expired: false, ttl: 1_800 };
    expect(all).toMatchObject([
      { ...shared, transport_type: "streamable-http", group: null, tool_count: 1 },
      { ...shared, transport_type: "sse", group: "dev", tool_count: 1 },
    ]);
    for (const { id } of all) expect((await sessions({ id }).delete()).status).toBe(204);
    expect(await dataOf(sessions.get())).toStrictEqual({ active_sessions: 0, sessions: [] });
    for (const client of [modern, old]) await expect(client.listTools()).rejects.toThrow();
    const again = await sessions({ id: all[0]?.id ?? "" }).delete();
    expect([again.status, again.error?.value]).toMatchObject([404, { error: { code: "not_found" } }]);
  });
});

describe("is for whoever has the token", () => {
  const status = (url: string, authorization?: string) =>
    fetch(`${url}/manage/v1/status`, authorization === undefined ? {} : { headers: { authorization } });

  test("of the configuration, or of the environment, which wins", async () => {
    const config = { version: "1", server: { management: { token: "file" } } };
    await using one = await startGateway(config);
    await using other = await startGateway(config, { env: { ARGUS_MGMT_TOKEN: "environment" } });
    const answers = [
      await status(one.url, "Bearer file"),
      await status(one.url, "bearer file"),
      await status(one.url),
      await status(one.url, "Bearer environment"),
      await status(other.url, "Bearer environment"),
      await status(other.url, "Bearer file"),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 401, 401, 200, 401]);
    expect(answers[2]?.headers.get("www-authenticate")).toBe("Bearer");
    expect((await one.manage("/status?token=file")).status).toBe(401);
    expect((await one.manage("/events/stream?token=file")).status).toBe(401);
    for (const path of ["/health", "/ready", "/openapi.json", "/docs"]) expect((await one.manage(path)).ok).toBe(true);
  });

  test("and for this machine where there is none, an empty one being none", async () => {
    await using gateway = await startGateway(
      { version: "1", server: { management: { token: "${ARGUS_MGMT_TOKEN}" } } },
      { env: { ARGUS_MGMT_TOKEN: "" } },
    );
    expect((await status(gateway.url)).status).toBe(200);
  });
});

test("a client that calls itself by what is no text disturbs nobody", async () => {
  await using gateway = await startGateway({ version: "1", backends: { one: tiny("one") } });
  const clientInfo = { name: { toString: 1 }, version: ["1"] };
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo };
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params });
  const opened = await fetch(`${gateway.url}/mcp`, { method: "POST", headers, body });
  const { sessions } = (await (await gateway.manage("/sessions")).json()) as { sessions: object[] };
  expect(sessions).toMatchObject([{ client: { name: "unnamed client", version: "" } }]);
  const session = { "mcp-session-id": opened.headers.get("mcp-session-id") ?? "" };
  expect((await fetch(`${gateway.url}/mcp`, { method: "DELETE", headers: session })).status).toBe(204);
});

test("a foreign Host or Origin is forbidden all but the probes", async () => {
  await using gateway = await startGateway({ version: "1" });
  const foreign: Record<string, string>[] = [{ host: "evil.example" }, { origin: "http://evil.example" }];
  for (const headers of foreign) {
    const answer = async (path: string) => (await gateway.manage(path, { headers })).status;
    for (const path of ["/status", "/openapi.json", "/docs", "/nowhere"])
      expect([path, await answer(path)]).toEqual([path, 403]);
    for (const path of ["/health", "/ready"]) expect([path, await answer(path)]).toEqual([path, 200]);
  }
});

test("turned off, only the probes are there", async () => {
  await using gateway = await startGateway({ version: "1", server: { management: { enabled: false } } });
  for (const path of ["/status", "/openapi.json", "/docs", "/events/stream"]) {
    expect([path, (await gateway.manage(path)).status]).toEqual([path, 404]);
  }
  for (const path of ["/health", "/ready"]) expect((await gateway.manage(path)).status).toBe(200);
});

test("HEAD has the length of what GET has", async () => {
  await using gateway = await startGateway({ version: "1" });
  for (const path of ["/groups", "/docs", "/docs/swagger-ui.css"]) {
    const head = await gateway.manage(path, { method: "HEAD" });
    const body = await (await gateway.manage(path)).bytes();
    expect([path, head.status, Number(head.headers.get("content-length"))]).toEqual([path, 200, body.length]);
  }
});

test("a body over 64 KiB is refused, and what comes after it on the connection is answered", async () => {
  await using gateway = await startGateway({ version: "1" });
  const large = "x".repeat(200_000);
  for (const body of [large, new Blob([large]).stream()]) {
    expect((await gateway.manage("/reload", { method: "POST", body })).status).toBe(413);
    expect((await gateway.manage("/status")).status).toBe(200);
  }
});

test("the page's viewer is in the executable", async () => {
  await using gateway = await startGateway({ version: "1" });
  const page = await (await gateway.manage("/docs")).text();
  for (const [, file] of page.matchAll(/(?:src|href)="([^"]*)"/g)) {
    const response = await gateway.manage(`/${file}`);
    expect([file, response.status, (await response.text()).length > 50]).toEqual([file, 200, true]);
  }
});

describe("events", () => {
  const read = (response: Response) => {
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const decoder = new TextDecoder();
    let text = "";
    return {
      text: () => text,
      /** Reads until there is this, or to the end. */
      async until(part?: string): Promise<string> {
        while (part === undefined || !text.includes(part)) {
          const { value, done } = await within(part ?? "the end", reader.read());
          if (done) return text;
          text += decoder.decode(value, { stream: true });
        }
        return text;
      },
      leave: () => reader.cancel(),
    };
  };
  const idsIn = (text: string) => [...text.matchAll(/^id: (.*)$/gm)].map(([, id = ""]) => id);

  test("are listed, and streamed on after the last one seen", async () => {
    await using gateway = await startGateway({ version: "1", backends });
    const { events } = managementOf(gateway.url);
    const { events: all } = await dataOf(events.get({ query: { limit: 1_000 } }));
    expect(all.map(({ stage }) => stage)).toEqual(
      expect.arrayContaining(["config", "backend_connecting", "backend_connected", "backend_failed"]),
    );
    expect(all.map(({ id }) => id)).toEqual(all.map(({ id }) => id).toSorted());
    const [first] = all;
    const headers = { "last-event-id": first?.id ?? "" };
    const stream = read(await gateway.manage("/events/stream", { headers }));
    expect(idsIn(await stream.until(`id: ${all.at(-1)?.id}`))).toEqual(all.slice(1).map(({ id }) => id));
    await using _client = await connect(gateway.url);
    await stream.until("event: session_opened");
    const { events: since } = await dataOf(events.get({ query: { since: first?.id ?? "" } }));
    expect(since.map(({ id }) => id).slice(0, idsIn(stream.text()).length)).toEqual(idsIn(stream.text()));
    await stream.leave();
  });

  test("an unreachable backend is found by its severity", async () => {
    await using gateway = await startGateway({ version: "1", backends });
    const { events } = await dataOf(managementOf(gateway.url).events.get({ query: { severity: "warning" } }));
    expect(events).toContainEqual(
      expect.objectContaining({ backend: "bad", severity: expect.stringMatching(/warning|error/) }),
    );
    expect(events.map(({ backend }) => backend)).not.toContain("first");
  });

  test("end with the shutdown that was asked for", async () => {
    await using gateway = await startGateway({ version: "1", backends });
    const stream = read(await gateway.manage("/events/stream"));
    await stream.until(": open");
    const { status, data } = await managementOf(gateway.url).shutdown.post({ timeout_seconds: 5 });
    expect([status, data]).toEqual([202, { shutting_down: true }]);
    expect(await stream.until()).toContain("event: shutdown");
    expect(await gateway.exited).toBe(0);
  });
});

describe("reconnect", () => {
  test("starts a new process, and tells of one that cannot be started", async () => {
    await using gateway = await startGateway({ version: "1", backends });
    const api = managementOf(gateway.url);
    const pid = async () => (await dataOf(api.backends({ name: "first" }).get())).pid;
    const before = await pid();
    expect(await dataOf(api.reconnect({ name: "first" }).post())).toStrictEqual({
      ...{ name: "first", reconnected: true, error: null },
    });
    expect(await pid()).not.toBe(before);
    const answers = [
      await api.reconnect({ name: "bad" }).post(),
      await api.reconnect({ name: "off" }).post(),
      await api.reconnect({ name: "nobody" }).post(),
    ];
    expect(answers.map(({ status }) => status)).toEqual([502, 409, 404]);
    expect(answers[0]?.error?.value).toStrictEqual({ name: "bad", reconnected: false, error: expect.any(String) });
  });
});

describe("reload", () => {
  test("takes the file that is there now, or tells why not", async () => {
    await using gateway = await startGateway({
      version: "1",
      backends: { first: backends.first },
      feature_flags: { hot_reload: false },
    });
    const api = managementOf(gateway.url);
    gateway.edit({ version: "1", backends: { second: backends.second }, feature_flags: { hot_reload: false } });
    expect(await dataOf(api.reload.post())).toStrictEqual({
      ...{ reloaded: true, backends_added: ["second"], backends_removed: ["first"], backends_changed: [] },
      ...{ restart_required: [], errors: [] },
    });
    await until("second is connected", async () => {
      const { backends: all } = await dataOf(api.backends.get());
      return all.length === 1 && all[0]?.name === "second" && all[0].phase === "ready";
    });
    gateway.edit({ version: "1", backend: {} });
    const refused = await dataOf(api.reload.post());
    expect(refused).toMatchObject({
      reloaded: false,
      backends_removed: [],
      errors: [expect.stringContaining("backend")],
    });
    expect((await dataOf(api.backends.get())).backends.map(({ name }) => name)).toEqual(["second"]);
  });
});
