// What differs between the legacy revisions of the protocol; nothing outside this file compares versions.

/** Newest first. */
export const LEGACY_VERSIONS = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"] as const;

export type Version = (typeof LEGACY_VERSIONS)[number];

/** What the gateway speaks to backends that serve all clients over one connection. */
export const LATEST_VERSION: Version = LEGACY_VERSIONS[0];

/** What a request without an `MCP-Protocol-Version` header speaks (2025-11-25, Transports, Protocol Version Header). */
export const ASSUMED_VERSION: Version = "2025-03-26";

export function isSupported(version: unknown): version is Version {
  return LEGACY_VERSIONS.some((known) => known === version);
}

/** The version to answer an `initialize` with: the client's own where it is known, else the newest (Lifecycle, Version Negotiation). */
export function negotiate(requested: unknown): Version {
  return isSupported(requested) ? requested : LATEST_VERSION;
}

/** JSON-RPC batches: required up to 2025-03-26, removed in 2025-06-18. */
export function hasBatches(version: Version): boolean {
  return version <= "2025-03-26";
}

/** Older clients cannot parse an event without data, which 2025-11-25 sends first to make a stream resumable. */
export function hasPrimingEvents(version: Version): boolean {
  return version >= "2025-11-25";
}
