// What a client names may be of any length: it is neither read nor shown whole, and no part of a secret is left by that.
import { expect, test } from "bun:test";
import { lineOf } from "../../../src/observe/audit-record.ts";
import { createRedactor, type Redactor } from "../../../src/observe/redact.ts";

function nameIn(name: string, redactor: Redactor): string {
  const target = { backend: null, method: "tools/call", name, original: null };
  const outcome = { status: "failure", latency: 0, error: null } as const;
  return JSON.parse(lineOf({ type: "mcp_operation", source: { address: null }, target, outcome }, redactor)).target
    .capability_name;
}

test("a name is shown as far as anybody reads, and read as far as that needs", () => {
  const redactor = createRedactor();
  const read: number[] = [];
  const redact = (text: string) => {
    read.push(text.length);
    return redactor.redact(text);
  };
  expect(nameIn("a ".repeat(2_000_000), { ...redactor, redact })).toBe(`${"a ".repeat(256)}…`);
  expect(Math.max(...read)).toBeLessThan(10_000);
});

test("secrets that fill a name leave nothing of them", () => {
  const secret = "s3cret-".repeat(100);
  expect(nameIn(`${secret} `.repeat(20), createRedactor([secret]))).not.toContain("s3cret");
});
