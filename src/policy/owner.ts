// Whose a request or session is when things are counted: an identity's, or else a network address's.
import type { Identity } from "../model.ts";

/** A key for who has shown who it is, or else for the network that it comes from. */
export function ownerOf({ subject, issuer }: Identity, address: string | null): string {
  return subject === null ? networkOf(address) : JSON.stringify([issuer, subject]);
}

/** An IPv4 address, or the first 64 bits of an IPv6 address: whoever has one of its addresses has them all (RFC 6177). */
export function networkOf(address: string | null): string {
  if (address === null) return "unknown";
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.toLowerCase().replace(/%.*$/, "").split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => "0");
  const groups = [...before, ...zeros, ...after].slice(0, 4);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, "")).join(":")}::/64`;
}
