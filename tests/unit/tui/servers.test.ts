// The list of servers: which one is shown, whose token goes where, and how the file is read and changed.
import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Servers, type ServersOptions } from "../../../src/tui/servers.ts";
import { parseServers } from "../../../src/tui/servers-file.ts";
import { folder } from "../../fixtures/command.ts";

const one = { name: "one", url: "http://one.example:9000" };
const two = { name: "two", url: "https://two.example", token: "own" };
const list = (more: object = {}) => ({ version: "1", servers: [one, two], ...more });

const open = (options: Partial<ServersOptions> = {}) =>
  new Servers({ flags: {}, settings: {}, environment: { HOME: "/nowhere" }, ...options });

describe("which server is shown", () => {
  test("the one on this machine where nothing says another", () => {
    expect(open().entries).toEqual([{ name: "127.0.0.1:9000", url: "http://127.0.0.1:9000" }]);
  });

  test("that of the configuration where there is no list", () => {
    const settings = { server_url: "http://a.example:1/" };
    expect(open({ settings }).active).toEqual({ name: "a.example:1", url: "http://a.example:1" });
  });

  test("that of the flag before everything", () => {
    using own = folder({ "servers.json": list() });
    const flags = { server: "http://b.example", serversConfig: join(own.directory, "servers.json") };
    const servers = open({ flags, settings: { server_url: "http://a.example" } });
    expect(servers.entries).toEqual([{ name: "b.example", url: "http://b.example" }]);
    expect(() => servers.add(one)).toThrow(/--server/);
  });

  test.each([
    ["XDG_CONFIG_HOME", "argus-mcp/servers.json"],
    ["HOME", ".config/argus-mcp/servers.json"],
  ])("that of the list under %s, the one that was shown last", (variable, path) => {
    using own = folder();
    const file = join(own.directory, path);
    const environment = { [variable]: own.directory };
    open({ environment }).add({ name: "later", url: "http://later.example/" });
    expect(existsSync(file)).toBe(true);
    writeFileSync(file, JSON.stringify(list({ active: "two" })));
    const servers = open({ environment, settings: { server_url: "http://a.example" } });
    expect([servers.entries, servers.active]).toEqual([[one, two], two]);
  });

  test("that of a list which a flag or the configuration names", () => {
    using own = folder({ "mine.json": list(), "other.json": { version: "1", servers: [two] } });
    const [mine, other] = [join(own.directory, "mine.json"), join(own.directory, "other.json")];
    const settings = { servers_config: other };
    expect(open({ settings }).entries).toEqual([two]);
    expect(open({ settings, flags: { serversConfig: mine } }).active).toEqual(one);
    const inHome = { settings: { servers_config: "~/other.json" }, environment: { HOME: own.directory } };
    expect(open(inHome).entries).toEqual([two]);
  });

  test.each([
    [{ flags: { serversConfig: "/nowhere/a.json" } }, "/nowhere/a.json: no such file (named by --servers-config)"],
    [
      { settings: { servers_config: "/nowhere/b.json" } },
      "/nowhere/b.json: no such file (named by client.servers_config)",
    ],
    [{ flags: { server: "localhost:9000" } }, '"localhost:9000" is no URL that begins with http:// or https://'],
    [{ flags: { server: "http://me:secret@a.example" } }, "a URL must not have a user or a password"],
  ])("%j is refused", (options, message) => {
    expect(() => open(options)).toThrow(message);
  });
});

describe("a token", () => {
  const environment = { ARGUS_MGMT_TOKEN: "environment" };
  const content = list({ active: "one" });

  const tokens = (options: Partial<ServersOptions>) => {
    using own = folder({ "servers.json": content });
    const flags = { serversConfig: join(own.directory, "servers.json"), ...options.flags };
    const servers = open({ ...options, flags });
    return servers.entries.map((entry) => servers.tokenFor(entry));
  };

  test("is the entry's own, else the environment's", () => {
    expect(tokens({})).toEqual([undefined, "own"]);
    expect(tokens({ environment })).toEqual(["environment", "own"]);
  });

  test("of the flag is for the server that is shown first, and no other", () => {
    expect(tokens({ environment, flags: { token: "flag" } })).toEqual(["flag", "own"]);
    const servers = open({ flags: { server: "http://b.example", token: "flag" }, environment });
    expect(servers.tokenFor(servers.active)).toBe("flag");
    // A name is soon given to another one.
    using own = folder({ "servers.json": content });
    const known = open({ flags: { serversConfig: join(own.directory, "servers.json"), token: "flag" } });
    known.remove("one");
    known.add({ name: "one", url: "http://elsewhere.example" });
    expect(known.entries.map((entry) => known.tokenFor(entry))).toEqual(["own", undefined]);
  });

  test("of the configuration is for the server that it names, and no other", () => {
    const settings = { token: "configured", server_url: "http://one.example:9000/" };
    expect(tokens({ settings })).toEqual(["configured", "own"]);
    expect(tokens({ settings, environment })).toEqual(["environment", "own"]);
    expect(tokens({ settings: { token: "configured" } })).toEqual([undefined, "own"]);
    const local = open({ settings: { token: "configured" } });
    expect(local.tokenFor(local.active)).toBe("configured");
  });
});

describe("a change", () => {
  const inFolder = (content: object, change: (servers: Servers, path: string) => void) => {
    using own = folder({ "servers.json": content });
    const path = join(own.directory, "servers.json");
    chmodSync(path, 0o644);
    change(open({ flags: { serversConfig: path } }), path);
    expect(readdirSync(own.directory)).toEqual(["servers.json"]);
    return { content: JSON.parse(readFileSync(path, "utf8")) as object, mode: statSync(path).mode & 0o777 };
  };

  test("is written for the owner alone, and keeps what this version does not know", () => {
    const strange = { ...two, colour: "red" };
    const { content, mode } = inFolder({ version: "1", note: "mine", servers: [one, strange] }, (servers) => {
      servers.add({ name: "three", url: "http://three.example/", token: "t" });
      servers.activate("three");
      servers.remove("one");
    });
    expect(content).toEqual({
      ...{ version: "1", note: "mine" },
      servers: [strange, { name: "three", url: "http://three.example", token: "t" }],
      active: "three",
    });
    if (process.platform !== "win32") expect(mode).toBe(0o600);
  });

  test("keeps what another program has changed meanwhile", () => {
    const { content } = inFolder(list(), (servers, path) => {
      open({ flags: { serversConfig: path } }).add({ name: "three", url: "http://three.example" });
      servers.remove("one");
    });
    expect(content).toEqual({
      version: "1",
      servers: [two, { name: "three", url: "http://three.example" }],
      active: undefined,
    });
  });

  test("follows a link to the file", () => {
    using own = folder({ "real.json": list() });
    const link = join(own.directory, "link.json");
    symlinkSync(join(own.directory, "real.json"), link);
    open({ flags: { serversConfig: link } }).activate("two");
    expect(JSON.parse(readFileSync(join(own.directory, "real.json"), "utf8"))).toMatchObject({ active: "two" });
    expect(readdirSync(own.directory).toSorted()).toEqual(["link.json", "real.json"]);
  });

  test("begins the list with the server that was there without one", () => {
    using own = folder();
    const servers = open({ environment: { XDG_CONFIG_HOME: own.directory } });
    servers.activate("127.0.0.1:9000");
    expect(readdirSync(own.directory)).toEqual([]);
    servers.add(two);
    expect(open({ environment: { XDG_CONFIG_HOME: own.directory } }).entries).toEqual([
      { name: "127.0.0.1:9000", url: "http://127.0.0.1:9000" },
      two,
    ]);
  });

  test("that makes no sense changes nothing", () => {
    const { content } = inFolder(list(), (servers) => {
      expect(() => servers.add(one)).toThrow('there is a server "one" already');
      expect(() => servers.add({ name: "", url: "http://a.example" })).toThrow("a server needs a name");
      expect(() => servers.add({ name: "a", url: "ftp://a" })).toThrow("is no URL");
      expect(() => servers.remove("none")).toThrow('there is no server "none"');
      expect(() => servers.activate("none")).toThrow('there is no server "none"');
    });
    expect(content).toEqual(list());
    inFolder({ version: "1", servers: [one] }, (servers) => {
      expect(() => servers.remove("one")).toThrow("the last server stays");
    });
  });
});

describe("a file that is wrong is refused with the place", () => {
  const problems = (text: string) => {
    try {
      parseServers(text, "s.json");
    } catch (error) {
      return (error as Error).message.split("\n");
    }
    return [];
  };

  test("all at once", () => {
    const text = `{
\t"version": 1,
\t"active": 7,
\t"servers": [
\t\t{ "name": "one", "url": "http://one.example" },
\t\t{ "name": "one", "url": "one.example" },
\t\t{ "url": "http://a.example", "token": 7 },
\t\t"two"
\t]
}`;
    expect(problems(text)).toEqual([
      's.json:2:13: version: expected "1", but is 1',
      "s.json:3:12: active: expected the name of a server",
      's.json:6:13: servers.1.name: there is another server "one" before',
      's.json:6:27: servers.1.url: "one.example" is no URL that begins with http:// or https://',
      "s.json:7:3: servers.2.name: expected a name",
      "s.json:7:41: servers.2.token: expected a text",
      's.json:8:3: servers.3: expected {"name": …, "url": …}',
    ]);
  });

  test.each([
    ["", 's.json:1:1: expected {"version": "1", "servers": […]}'],
    ["[]", 's.json:1:1: expected {"version": "1", "servers": […]}'],
    ['{"version": "1"}', "s.json:1:1: servers: expected a list of servers"],
    ['{"version": "1",\n  "servers": [}', "s.json:2:15: not valid JSON: "],
    ['{"version": "1",\n  "version": "1", "servers": []}', "s.json:2:3: not valid JSON: Map keys must be unique"],
  ])("%j", (text, message) => {
    expect(problems(text)[0]).toStartWith(message);
  });

  test("also when it cannot be read", () => {
    using own = folder();
    expect(() => open({ flags: { serversConfig: own.directory } })).toThrow(/^cannot read .*EISDIR/);
  });
});
