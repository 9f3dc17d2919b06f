// The signature of a macOS executable.
import { describe, expect, test } from "bun:test";
import { CryptoHasher } from "bun";
import { isSigned, sign } from "../../../build/signature.ts";

const PAGE = 4096;
const CODE = 2 * PAGE + 100;

/** An executable of two pages and a bit, and its signature. */
function signed(): Buffer {
  const bytes = Buffer.alloc(CODE + 512, 7);
  bytes.writeUInt32LE(2, 16);
  // A command of another kind, of 16 bytes, and the one that tells where the signature is.
  for (const [at, value] of [0x19, 16, 0, 0, 0x1d, 16, CODE, 512].entries()) bytes.writeUInt32LE(value, 32 + at * 4);
  const signature = bytes.subarray(CODE).fill(0);
  for (const [at, value] of [0xfade_0cc0, 512, 1, 0, 20].entries()) signature.writeUInt32BE(value, at * 4);
  const directory = signature.subarray(20);
  for (const [at, value] of [0xfade_0c02, 300, 0, 0, 100, 0, 0, 3, CODE].entries())
    directory.writeUInt32BE(value, at * 4);
  directory.set([32, 2, 0, 12], 36);
  for (const index of [0, 1, 2]) {
    const page = bytes.subarray(index * PAGE, Math.min((index + 1) * PAGE, CODE));
    directory.set(new CryptoHasher("sha256").update(page).digest(), 100 + index * 32);
  }
  return bytes;
}

test("fits an executable that is as it was", () => {
  expect(isSigned(signed())).toBe(true);
});

test.each([
  ["first", 100],
  ["second", PAGE],
  ["last, which is no whole one", CODE - 1],
])("does not fit once a byte of the %s page has changed", (_, at) => {
  const bytes = signed();
  bytes[at] = 8;
  expect(isSigned(bytes)).toBe(false);
});

test("is missed where there is none", () => {
  const bytes = signed();
  bytes.writeUInt32LE(1, 16);
  expect(() => isSigned(bytes)).toThrow("no signature");
});

describe("a new one", () => {
  /** Of two pages and a bit as well: the program itself, what the linker left, and an old signature, which Bun leaves as it was. */
  function changed(): Buffer {
    const bytes = Buffer.alloc(CODE + 300, 7);
    bytes.writeUInt32LE(3, 16);
    segment(bytes, 32, "__TEXT", { start: 0, size: PAGE });
    segment(bytes, 104, "__LINKEDIT", { start: PAGE, size: CODE + 300 - PAGE });
    for (const [at, value] of [0x1d, 16, CODE, 300].entries()) bytes.writeUInt32LE(value, 176 + at * 4);
    signed().copy(bytes, CODE, CODE, CODE + 300);
    return bytes;
  }

  function segment(bytes: Buffer, at: number, name: string, { start, size }: { start: number; size: number }): void {
    bytes.fill(0, at, at + 72).writeUInt32LE(0x19, at);
    bytes.writeUInt32LE(72, at + 4);
    bytes.write(name, at + 8);
    for (const [field, value] of [start, 0x4000, start, size].entries())
      bytes.writeBigUInt64LE(BigInt(value), at + 24 + field * 8);
  }

  test("fits, and what was signed is as it was but for where the signature is", () => {
    const before = changed();
    const after = sign(before, "argus-mcp");
    expect([isSigned(before), isSigned(after)]).toEqual([false, true]);
    expect(after.subarray(192, CODE)).toEqual(before.subarray(192, CODE));
  });

  test("is the end of the file, and of the last segment, in whole pages of memory", () => {
    const after = sign(changed(), "argus-mcp");
    expect(CODE + after.readUInt32LE(188)).toBe(after.length);
    expect(PAGE + Number(after.readBigUInt64LE(104 + 48))).toBe(after.length);
    expect(after.readBigUInt64LE(104 + 32)).toBe(0x4000n);
  });

  test("is the same however often it is made", () => {
    const once = sign(changed(), "argus-mcp");
    expect(sign(once, "argus-mcp")).toEqual(once);
  });

  test("has the name of the executable, and how much of it is the program itself", () => {
    const directory = sign(changed(), "argus-mcp").subarray(CODE + 20);
    expect(directory.toString("latin1", directory.readUInt32BE(20))).toStartWith("argus-mcp\0");
    expect(directory.readBigUInt64BE(72)).toBe(BigInt(PAGE));
  });
});
