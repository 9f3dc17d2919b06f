// Checks the signature of a macOS executable page by page: Apple's processors run none whose signature does not fit.
// The format is Apple's, xnu's osfmk/kern/cs_blobs.h.
import { CryptoHasher } from "bun";

/** mach-o/loader.h */
const HEADER = 32;
const LC_CODE_SIGNATURE = 0x1d;

/** The signature is a list of blobs, big-endian; this one has the hashes of all pages. */
const CODE_DIRECTORY = 0xfade_0c02;

/** Where the fields of a code directory are. */
const AT = { hashes: 16, pages: 28, end: 32, size: 36, pageBits: 39 };

/** Whether every page of it has the hash that the signature says. Throws when there is no signature. */
export function isSigned(bytes: Buffer): boolean {
  const signature = bytes.subarray(signatureAt(bytes));
  const directory = directoryOf(signature);
  const end = directory.readUInt32BE(AT.end);
  const size = directory.readUInt8(AT.size);
  const page = 2 ** directory.readUInt8(AT.pageBits);
  for (let index = 0; index < directory.readUInt32BE(AT.pages); index++) {
    const content = bytes.subarray(index * page, Math.min((index + 1) * page, end));
    const hash = directory.subarray(directory.readUInt32BE(AT.hashes) + index * size).subarray(0, size);
    if (!new CryptoHasher("sha256").update(content).digest().subarray(0, size).equals(hash)) return false;
  }
  return end === signatureAt(bytes);
}

/** The offset of the signature. */
function signatureAt(bytes: Buffer): number {
  const commands = bytes.readUInt32LE(16);
  for (let index = 0, at = HEADER; index < commands; index++, at += bytes.readUInt32LE(at + 4)) {
    if (bytes.readUInt32LE(at) === LC_CODE_SIGNATURE) return bytes.readUInt32LE(at + 8);
  }
  throw new Error("the executable has no signature");
}

function directoryOf(signature: Buffer): Buffer {
  const blobs = signature.readUInt32BE(8);
  for (let index = 0; index < blobs; index++) {
    const blob = signature.subarray(signature.readUInt32BE(12 + index * 8 + 4));
    if (blob.readUInt32BE(0) === CODE_DIRECTORY) return blob;
  }
  throw new Error("the signature has no hashes");
}
