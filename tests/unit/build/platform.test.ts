// Which platform an executable is for.
import { expect, test } from "bun:test";
import { platformOf } from "../../../build/platform.ts";

test("that of this very runtime", async () => {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  expect(platformOf(Buffer.from(await Bun.file(process.execPath).arrayBuffer()))).toContain(
    `${platform}-${process.arch}`,
  );
});

test.each([
  ["linux-x64", elf(0x3e, "/lib64/ld-linux-x86-64.so.2")],
  ["linux-arm64", elf(0xb7, "/lib/ld-linux-aarch64.so.1")],
  ["linux-x64-musl", elf(0x3e, "/lib/ld-musl-x86_64.so.1")],
  ["linux-arm64-musl", elf(0xb7, "/lib/ld-musl-aarch64.so.1")],
  ["darwin-x64", machO(0x0100_0007)],
  ["darwin-arm64", machO(0x0100_000c)],
  ["windows-x64", portable(0x8664)],
  ["unknown", Buffer.alloc(100, "#!/bin/sh\n")],
])("%s", (platform, bytes) => {
  expect(platformOf(bytes)).toBe(platform);
});

function elf(machine: number, interpreter: string): Buffer {
  const bytes = Buffer.alloc(4096);
  bytes.write("\x7fELF", "latin1");
  bytes.writeUInt16LE(machine, 18);
  bytes.write(interpreter, 0x200);
  return bytes;
}

function machO(cpu: number): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.writeUInt32LE(0xfeed_facf, 0);
  bytes.writeUInt32LE(cpu, 4);
  return bytes;
}

function portable(machine: number): Buffer {
  const bytes = Buffer.alloc(512);
  bytes.write("MZ");
  bytes.writeUInt32LE(0x80, 0x3c);
  bytes.write("PE\0\0", 0x80);
  bytes.writeUInt16LE(machine, 0x84);
  return bytes;
}
