// Reads from an executable's header which platform it is for.

/** ELF's e_machine, Mach-O's cputype and PE's Machine, none of which means two things. */
const CPUS = new Map([
  [0x3e, "x64"],
  [0xb7, "arm64"],
  [0x0100_0007, "x64"],
  [0x0100_000c, "arm64"],
  [0x8664, "x64"],
  [0xaa64, "arm64"],
]);

const ELF = 0x464c_457f;
const MACH_O = 0xfeed_facf;
const DOS = 0x5a4d;

/** What is looked for is within so many bytes. */
export const HEADER_SIZE = 64 * 1024;

/** The interpreter of a dynamically linked program tells its C library. */
const MUSL = "/lib/ld-musl-";

/** The platform as in the names of files, or `unknown`. */
export function platformOf(bytes: Buffer): string {
  const magic = bytes.readUInt32LE(0);
  if (magic === ELF) {
    const musl = bytes.subarray(0, HEADER_SIZE).includes(MUSL) ? "-musl" : "";
    return `linux-${CPUS.get(bytes.readUInt16LE(18))}${musl}`;
  }
  if (magic === MACH_O) return `darwin-${CPUS.get(bytes.readUInt32LE(4))}`;
  if ((magic & 0xffff) === DOS) return `windows-${CPUS.get(bytes.readUInt16LE(bytes.readUInt32LE(0x3c) + 4))}`;
  return "unknown";
}
