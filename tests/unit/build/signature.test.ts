// The signature of a macOS executable.
import { expect, test } from "bun:test";
import { CryptoHasher } from "bun";
import { isSigned } from "../../../build/signature.ts";

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
