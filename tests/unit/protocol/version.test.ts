// The revisions of the protocol and what differs between them.
import { expect, test } from "bun:test";
import {
  ASSUMED_VERSION,
  hasBatches,
  hasPrimingEvents,
  isSupported,
  LATEST_VERSION,
  LEGACY_VERSIONS,
  negotiate,
} from "../../../src/protocol/version.ts";

test("all legacy revisions are supported, newest first, and nothing else", () => {
  expect([...LEGACY_VERSIONS]).toEqual(["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]);
  expect(LEGACY_VERSIONS.every(isSupported)).toBe(true);
  for (const other of ["2024-10-07", "2026-07-28", "", "toString", undefined, null, 1]) {
    expect(isSupported(other)).toBe(false);
  }
});

test("a client gets the revision that it asks for, or else the newest", () => {
  for (const version of LEGACY_VERSIONS) expect(negotiate(version)).toBe(version);
  for (const other of ["2030-01-01", "1.0", undefined, {}]) expect(negotiate(other)).toBe(LATEST_VERSION);
});

test("a request without a header speaks what the specification says", () => {
  expect(ASSUMED_VERSION).toBe("2025-03-26");
});

test.each([
  ["2024-11-05", true, false],
  ["2025-03-26", true, false],
  ["2025-06-18", false, false],
  ["2025-11-25", false, true],
] as const)("%s: batches %p, priming events %p", (version, batches, priming) => {
  expect([hasBatches(version), hasPrimingEvents(version)]).toEqual([batches, priming]);
});
