// The signature of a macOS executable: a hash of each page. The system kills what has one that does not fit, and what is for Apple's
// processors and has none. The format is Apple's, xnu's osfmk/kern/cs_blobs.h; the numbers in it are big-endian.
import { CryptoHasher } from "bun";

/** mach-o/loader.h: the size of what is before the commands, and the commands that tell of the signature. */
const HEADER = 32;
const LC_SEGMENT_64 = 0x19;
const LC_CODE_SIGNATURE = 0x1d;

/** Where the fields of these commands are. */
const SEGMENT = { name: 8, memory: 32, start: 40, size: 48 };
const SIGNATURE = { start: 8, size: 12 };

/** Segments take whole ones of memory. */
const MEMORY_PAGE = 0x4000;

/** The signature is a list of blobs; one of them has the hashes of all pages. */
const LIST = 0xfade_0cc0;
const CODE_DIRECTORY = 0xfade_0c02;

/** Where the fields of a code directory are. */
const AT = { hashes: 16, pages: 28, end: 32, size: 36, pageBits: 39 };

/** What is written here: a version that tells which pages are the program itself, and a signature by nobody, as linkers make it. */
const VERSION = 0x2_0400;
const MAIN_BINARY = 1;
const ADHOC = 0x2_0002;
const NAME = 88;
const HASH = { size: 32, type: 2, pageBits: 12 };

/** Whether every page of it has the hash that the signature says. Throws when there is no signature. */
export function isSigned(bytes: Buffer): boolean {
  const { start } = signatureOf(bytes);
  const directory = directoryOf(bytes.subarray(start));
  const hashes = directory.subarray(directory.readUInt32BE(AT.hashes));
  const size = directory.readUInt8(AT.size);
  const pages = hashesOf(bytes.subarray(0, start), directory.readUInt8(AT.pageBits));
  return (
    directory.readUInt32BE(AT.end) === start &&
    directory.readUInt32BE(AT.pages) === pages.length &&
    pages.every((hash, index) => hash.subarray(0, size).equals(hashes.subarray(index * size, (index + 1) * size)))
  );
}

/** The same executable with a signature that fits, in place of the one that it has. Throws when it has none. */
export function sign(bytes: Buffer, name: string): Buffer {
  const { command, start } = signatureOf(bytes);
  const code = Buffer.from(bytes.subarray(0, start));
  const pages = Math.ceil(start / 2 ** HASH.pageBits);
  const hashesAt = NAME + name.length + 1;
  const length = hashesAt + pages * HASH.size;
  const list = numbers(LIST, 20 + length, 1, 0, 20);

  // Where the signature is, and how long, is signed with the rest.
  code.writeUInt32LE(list.length + length, command + SIGNATURE.size);
  const last = segmentOf(code, "__LINKEDIT");
  const size = start + list.length + length - Number(code.readBigUInt64LE(last + SEGMENT.start));
  code.writeBigUInt64LE(BigInt(size), last + SEGMENT.size);
  code.writeBigUInt64LE(BigInt(Math.ceil(size / MEMORY_PAGE) * MEMORY_PAGE), last + SEGMENT.memory);

  const text = Number(code.readBigUInt64LE(segmentOf(code, "__TEXT") + SEGMENT.size));
  return Buffer.concat([
    code,
    list,
    numbers(CODE_DIRECTORY, length, VERSION, ADHOC, hashesAt, NAME, 0, pages, start),
    Buffer.from([HASH.size, HASH.type, 0, HASH.pageBits]),
    // Nothing scattered, no team, no more than 4 GB; then where the program itself begins, and its size, as 64 bits.
    numbers(0, 0, 0, 0, 0, 0, 0, 0, 0, text, 0, MAIN_BINARY),
    Buffer.from(`${name}\0`),
    ...hashesOf(code, HASH.pageBits),
  ]);
}

function hashesOf(code: Buffer, pageBits: number): Buffer[] {
  const page = 2 ** pageBits;
  return Array.from({ length: Math.ceil(code.length / page) }, (_, index) =>
    new CryptoHasher("sha256").update(code.subarray(index * page, (index + 1) * page)).digest(),
  );
}

function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}

/** The offsets of the signature, and of the command that tells it. */
function signatureOf(bytes: Buffer): { command: number; start: number } {
  for (const command of commandsOf(bytes)) {
    if (bytes.readUInt32LE(command) === LC_CODE_SIGNATURE)
      return { command, start: bytes.readUInt32LE(command + SIGNATURE.start) };
  }
  throw new Error("the executable has no signature");
}

/** The offset of the command that tells where this segment is. */
function segmentOf(bytes: Buffer, name: string): number {
  for (const command of commandsOf(bytes)) {
    const is = bytes.toString("latin1", command + SEGMENT.name, command + SEGMENT.name + name.length + 1);
    if (bytes.readUInt32LE(command) === LC_SEGMENT_64 && is === `${name}\0`) return command;
  }
  throw new Error(`the executable has no segment ${name}`);
}

/** Their offsets. */
function* commandsOf(bytes: Buffer): Generator<number> {
  let at = HEADER;
  for (let left = bytes.readUInt32LE(16); left > 0; left--, at += bytes.readUInt32LE(at + 4)) yield at;
}

function directoryOf(signature: Buffer): Buffer {
  const blobs = signature.readUInt32BE(8);
  for (let index = 0; index < blobs; index++) {
    const blob = signature.subarray(signature.readUInt32BE(12 + index * 8 + 4));
    if (blob.readUInt32BE(0) === CODE_DIRECTORY) return blob;
  }
  throw new Error("the signature has no hashes");
}
