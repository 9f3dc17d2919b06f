// The revisions of the protocol and what differs between the legacy ones; nothing outside this file compares versions.

/** Newest first. */
export const LEGACY_VERSIONS = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"] as const;

export type Version = (typeof LEGACY_VERSIONS)[number];

/** The version without handshake and sessions, whose requests each say all that there is to know. */
export const MODERN_VERSION = "2026-07-28";

/** All that the gateway speaks, newest first. */
export const ALL_VERSIONS: readonly string[] = [MODERN_VERSION, ...LEGACY_VERSIONS];

/** What the gateway speaks to backends that serve all clients over one connection. */
export const LATEST_VERSION: Version = LEGACY_VERSIONS[0];

/** What a request without an `MCP-Protocol-Version` header speaks (2025-11-25, Transports, Protocol Version Header). */
export const ASSUMED_VERSION: Version = "2025-03-26";

export function isSupported(version: unknown): version is Version {
  return LEGACY_VERSIONS.some((known) => known === version);
}

/** Whether a version is of the modern era, known or not: versions are dates. */
export function isModern(version: string): boolean {
  return version >= MODERN_VERSION;
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
