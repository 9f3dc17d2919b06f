// The file of secrets as data: every value encrypted under its name, and the whole sealed.
import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { GatewayError } from "../errors.ts";
import type { Keys } from "./key.ts";

const CIPHER = "aes-256-gcm";
const NONCE = 12;
const TAG = 16;

const closed = { additionalProperties: false };
const Bytes = Type.String({ pattern: "^[A-Za-z0-9+/]*={0,2}$" });

/** The bounds keep an altered file from asking for all memory there is. */
const Kdf = Type.Union([
  Type.Object({ name: Type.Literal("hkdf-sha256"), salt: Bytes }, closed),
  Type.Object(
    {
      name: Type.Literal("argon2id"),
      salt: Bytes,
      memory: Type.Integer({ minimum: 1_024, maximum: 1_048_576, description: "in KiB" }),
      passes: Type.Integer({ minimum: 1, maximum: 16 }),
      parallelism: Type.Integer({ minimum: 1, maximum: 16 }),
    },
    closed,
  ),
]);

/** `value` is the ciphertext and its tag. */
const Entry = Type.Object({ name: Type.String(), nonce: Bytes, value: Bytes }, closed);

const Sealed = Type.Object(
  { version: Type.Literal(1), kdf: Kdf, check: Bytes, entries: Type.Array(Entry), seal: Bytes },
  closed,
);

export type Kdf = Static<typeof Kdf>;
export type Entry = Static<typeof Entry>;
export type Sealed = Static<typeof Sealed>;

/** Reads the text of a file; nothing in it can be trusted before `mustBeIntact`. Throws GatewayError `config`. */
export function parseSealed(text: string, path: string): Sealed {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged(path);
  }
  const version = (value as { version?: unknown } | null)?.version;
  if (typeof version === "number" && version !== 1) {
    const message = `${path} has format version ${version}, which this program does not know; use a newer argus-mcp`;
    throw new GatewayError("config", message);
  }
  if (!Value.Check(Sealed, value)) throw damaged(path);
  return value;
}

/** Throws GatewayError `config` when the key is another one, or anything in the file was altered, added or taken away. */
export function mustBeIntact(sealed: Sealed, keys: Keys | undefined, path: string): asserts keys is Keys {
  if (!keys || !equal(sealed.check, keys.check.toString("base64"))) {
    const message = `this key does not open ${path}: it was written with another one, or its head was altered`;
    throw new GatewayError("config", message);
  }
  if (!equal(sealed.seal, sealOf(sealed, keys))) throw damaged(path);
}

/** A file with these entries. */
export function seal(kdf: Kdf, entries: Entry[], keys: Keys): Sealed {
  const sorted = entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const open = { version: 1 as const, kdf, check: keys.check.toString("base64"), entries: sorted };
  return { ...open, seal: sealOf(open, keys) };
}

/** Encrypts a value so that it opens under this name only. */
export function encrypt(name: string, value: string, keys: Keys): Entry {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv(CIPHER, keys.values, nonce).setAAD(Buffer.from(name));
  const sealed = Buffer.concat([cipher.update(value, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return { name, nonce: nonce.toString("base64"), value: sealed.toString("base64") };
}

/** The value of an entry. Throws GatewayError `config` when it is not of this name and this file. */
export function decrypt(entry: Entry, keys: Keys, path: string): string {
  const sealed = Buffer.from(entry.value, "base64");
  try {
    const decipher = createDecipheriv(CIPHER, keys.values, Buffer.from(entry.nonce, "base64"), { authTagLength: TAG });
    decipher.setAAD(Buffer.from(entry.name)).setAuthTag(sealed.subarray(-TAG));
    return decipher.update(sealed.subarray(0, -TAG), undefined, "utf8") + decipher.final("utf8");
  } catch {
    throw damaged(path);
  }
}

/** Over the text, not the bytes: one that Base64 would read alike is another one. */
function sealOf({ version, kdf, check, entries }: Omit<Sealed, "seal">, { seal: key }: Keys): string {
  return createHmac("sha256", key).update(JSON.stringify({ version, kdf, check, entries })).digest("base64");
}

function equal(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

function damaged(path: string): GatewayError {
  return new GatewayError(
    "config",
    `${path} was cut short or altered; put back a copy of it, or delete it and begin anew`,
  );
}
