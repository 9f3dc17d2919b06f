// Requests to this machine, which a proxy does not lead to.

/** Has requests to this machine go there directly, whatever HTTP_PROXY says; `own` is an address that is this machine's, too. */
export function reachDirectly(own?: URL): void {
  const { NO_PROXY, no_proxy: others = "" } = process.env;
  const hosts = [NO_PROXY ?? others, "localhost", "127.0.0.1", "[::1]", own?.hostname ?? ""];
  process.env.NO_PROXY = hosts.filter((host) => host !== "").join(",");
}
