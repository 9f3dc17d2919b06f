// Which addresses are private: of this machine, its networks, and what only they reach (RFC 6890).
import { BlockList, isIP } from "node:net";

const PRIVATE = [
  ["0.0.0.0", 8, "ipv4"],
  ["10.0.0.0", 8, "ipv4"],
  ["100.64.0.0", 10, "ipv4"],
  ["127.0.0.0", 8, "ipv4"],
  ["169.254.0.0", 16, "ipv4"],
  ["172.16.0.0", 12, "ipv4"],
  ["192.0.0.0", 24, "ipv4"],
  ["192.168.0.0", 16, "ipv4"],
  ["198.18.0.0", 15, "ipv4"],
  ["224.0.0.0", 3, "ipv4"],
  ["::", 96, "ipv6"],
  // What translates to addresses of the other kind.
  ["64:ff9b::", 16, "ipv6"],
  ["2002::", 16, "ipv6"],
  ["fc00::", 7, "ipv6"],
  ["fe80::", 9, "ipv6"],
  ["ff00::", 8, "ipv6"],
] as const;

const privateAddresses = new BlockList();
for (const [network, prefix, family] of PRIVATE) privateAddresses.addSubnet(network, prefix, family);

/** Whether an IP address leads to no public place; IPv4 addresses in IPv6's clothes count as what they are. */
export function isPrivate(address: string): boolean {
  return privateAddresses.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

/** Whether a URL says outright that it leads to this machine. */
export function isLoopback(url: URL): boolean {
  return /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
}

/** Whether a URL says outright that it leads to a private place. */
export function namesPrivate(url: URL): boolean {
  const address = literalOf(url);
  return isLoopback(url) || (address !== undefined && isPrivate(address));
}

/** The IP address that stands in place of a host name, if one does. */
export function literalOf({ hostname }: URL): string | undefined {
  const address = hostname.replace(/^\[|\]$/g, "");
  return isIP(address) ? address : undefined;
}
