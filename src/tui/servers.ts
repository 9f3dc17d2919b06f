// The servers that can be shown: from the flag, from the list in a file, or the one on this machine.
import { homedir } from "node:os";
import { join } from "node:path";
import type { ClientSettings } from "../config/client.ts";
import { GatewayError } from "../errors.ts";
import { faultOfUrl, readServers, type ServerEntry, type ServersContent, writeServers } from "./servers-file.ts";

export const DEFAULT_URL = "http://127.0.0.1:9000";

/** What is given by hand. */
export interface ServerFlags {
  server?: string | undefined;
  token?: string | undefined;
  serversConfig?: string | undefined;
}

/** What decides, the first before the others; without a file in `settings` there are none. */
export interface ServersOptions {
  flags: ServerFlags;
  settings: ClientSettings;
  environment: Readonly<Record<string, string | undefined>>;
}

/** The list of servers and the one that is shown; changes go to the file. */
export class Servers {
  readonly #options: ServersOptions;
  /** Where the list is kept, or will be with its first change. */
  readonly #path: string;
  /** The server of the flag: then there is no list. */
  readonly #only: ServerEntry | undefined;
  #content: ServersContent;
  /** The URL of the server that was shown first. */
  readonly #first: string;

  /** Throws GatewayError `config`: the file is wrong, or one that was named is not there. */
  constructor(options: ServersOptions) {
    this.#options = options;
    const { flags, settings, environment } = options;
    const named = flags.serversConfig ?? settings.servers_config;
    this.#path = named === undefined ? defaultPath(environment) : inHome(named, environment);
    this.#only = flags.server === undefined ? undefined : entryOf(flags.server);
    const found = this.#only ? undefined : readServers(this.#path);
    if (!found && named !== undefined && !this.#only) {
      const by = flags.serversConfig === undefined ? "client.servers_config" : "--servers-config";
      throw new GatewayError("config", `${this.#path}: no such file (named by ${by})`);
    }
    this.#content = found ?? { version: "1", servers: [] };
    this.#first = this.active.url;
  }

  /** In the order of the file; never empty. */
  get entries(): readonly ServerEntry[] {
    if (this.#only) return [this.#only];
    const { servers } = this.#content;
    return servers.length > 0 ? servers : [entryOf(this.#options.settings.server_url ?? DEFAULT_URL)];
  }

  /** The one to show. */
  get active(): ServerEntry {
    const { entries } = this;
    const found = entries.find(({ name }) => name === this.#content.active) ?? entries[0];
    return found as ServerEntry;
  }

  /** Whether there is no list but the server of the flag. */
  get fixed(): boolean {
    return this.#only !== undefined;
  }

  /** The token for a server. The flag's goes to the server that was shown first, and the configuration's to the server that it names: to no other. */
  tokenFor({ url, token }: ServerEntry): string | undefined {
    const { flags, settings, environment } = this.#options;
    const given = url === this.#first ? flags.token : undefined;
    const configured = sameServer(url, settings.server_url ?? DEFAULT_URL) ? settings.token : undefined;
    return given || token || environment.ARGUS_MGMT_TOKEN || configured || undefined;
  }

  /** Adds a server to the list. Throws GatewayError: `conflict` when there is one of this name, `config` when the URL is none or the file cannot be written. */
  add({ name, url, token }: ServerEntry): void {
    const fault = name === "" ? "a server needs a name" : faultOfUrl(url);
    if (fault !== undefined) throw new GatewayError("config", fault);
    this.#change((content) => {
      if (content.servers.some((server) => server.name === name))
        throw new GatewayError("conflict", `there is a server ${JSON.stringify(name)} already`);
      content.servers.push({ name, url: trimmed(url), ...(token && { token }) });
    });
  }

  /** Takes a server from the list. Throws GatewayError: `conflict` for the last one, `not_found` when there is none of this name, `config`. */
  remove(name: string): void {
    this.#change((content) => {
      const index = content.servers.findIndex((server) => server.name === name);
      if (index < 0) throw new GatewayError("not_found", `there is no server ${JSON.stringify(name)}`);
      if (content.servers.length === 1) throw new GatewayError("conflict", "the last server stays in the list");
      content.servers.splice(index, 1);
      if (content.active === name) content.active = null;
    });
  }

  /** Remembers the server to show; where there is no list, only until the end. Throws GatewayError as `remove`. */
  activate(name: string): void {
    if (!this.entries.some((server) => server.name === name))
      throw new GatewayError("not_found", `there is no server ${JSON.stringify(name)}`);
    if (this.#only || name === this.#content.active) return;
    if (this.#content.servers.length === 0) this.#content = { ...this.#content, active: name };
    else
      this.#change((content) => {
        content.active = name;
      });
  }

  /** Changes the file as it is now, which another may have changed meanwhile. */
  #change(change: (content: ServersContent) => void): void {
    if (this.#only) throw new GatewayError("conflict", "with --server there is no list of servers");
    const content = readServers(this.#path) ?? { version: "1", servers: [...this.entries] };
    change(content);
    writeServers(this.#path, content);
    this.#content = content;
  }
}

/** `${XDG_CONFIG_HOME:-~/.config}/argus-mcp/servers.json` */
function defaultPath(environment: ServersOptions["environment"]): string {
  const config = environment.XDG_CONFIG_HOME || join(homeOf(environment), ".config");
  return join(config, "argus-mcp", "servers.json");
}

function inHome(path: string, environment: ServersOptions["environment"]): string {
  return path.startsWith("~/") ? join(homeOf(environment), path.slice(2)) : path;
}

function homeOf(environment: ServersOptions["environment"]): string {
  return environment.HOME || homedir();
}

/** A server that has no name but its address. Throws GatewayError `config`. */
function entryOf(url: string): ServerEntry {
  const fault = faultOfUrl(url);
  if (fault !== undefined) throw new GatewayError("config", fault);
  return { name: new URL(url).host, url: trimmed(url) };
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, "");
}

function sameServer(one: string, other: string): boolean {
  return trimmed(new URL(one).href) === trimmed(new URL(other).href);
}
