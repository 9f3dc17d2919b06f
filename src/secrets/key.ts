// The master key of a file of secrets: where it is from, and the keys that are derived from it.
import { argon2, hkdfSync, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { describe, GatewayError } from "../errors.ts";
import { readText } from "./disk.ts";
import { readKeychain } from "./keychain.ts";
import type { Kdf } from "./sealed.ts";
import type { Environment } from "./store.ts";

/** A generated key is as good as it gets; a passphrase is stretched. */
export interface MasterKey {
  kdf: Kdf["name"];
  material: Buffer;
}

/** Keys of 32 bytes, each for one purpose. */
export interface Keys {
  /** Tells a wrong key from an altered file. */
  check: Buffer;
  /** Authenticates the file as a whole. */
  seal: Buffer;
  /** Encrypts values. */
  values: Buffer;
}

const BYTES = 32;
const PREFIX = "argus-key-1.";
const SHORTEST = 12;

/** RFC 9106 §4, the second recommended option, but for its parallelism: 64 MiB. */
const ARGON2 = { memory: 64 * 1024, passes: 3, parallelism: 1 };

/** A new master key, as text. */
export function generateKey(): string {
  return PREFIX + randomBytes(BYTES).toString("base64url");
}

/**
 * The key of ARGUS_SECRET_KEY or of the file that ARGUS_SECRET_KEY_FILE names, else that of the keychain. Throws GatewayError `config` when
 * there is none, or it is none.
 */
export async function findMasterKey(environment: Environment): Promise<MasterKey> {
  const given = environment.ARGUS_SECRET_KEY?.trim();
  const file = environment.ARGUS_SECRET_KEY_FILE;
  if (given && file) throw new GatewayError("config", "set ARGUS_SECRET_KEY or ARGUS_SECRET_KEY_FILE, not both");
  if (given) return parseKey(given, "ARGUS_SECRET_KEY");
  if (file) return parseKey(readKey(file), file);
  const advice =
    "there is no master key; set ARGUS_SECRET_KEY to what argus-mcp secret keygen prints, or ARGUS_SECRET_KEY_FILE to a file with that";
  const stored = await readKeychain("master-key").catch((error) => {
    throw new GatewayError("config", `${advice} (${describe(error)})`);
  });
  if (!stored) throw new GatewayError("config", advice);
  return parseKey(stored.trim(), "the keychain (master-key)");
}

/**
 * A key for one purpose that lasts as long as the generated one of the environment; nothing where that has none. What is signed with it
 * gets into other hands, where a passphrase could be guessed by it.
 */
export async function findKeyFor(purpose: string, environment: Environment): Promise<Buffer | undefined> {
  if (!environment.ARGUS_SECRET_KEY && !environment.ARGUS_SECRET_KEY_FILE) return undefined;
  const { kdf, material } = await findMasterKey(environment);
  return kdf === "hkdf-sha256"
    ? Buffer.from(hkdfSync("sha256", material, "", `argus-mcp ${purpose} 1`, BYTES))
    : undefined;
}

/** What containers and systemd hand over as a file. */
function readKey(file: string): string {
  const text = readText(file)?.trim();
  if (text) return text;
  const problem = text === undefined ? "there is no file" : "there is nothing in";
  throw new GatewayError("config", `${problem} ${file}, which ARGUS_SECRET_KEY_FILE names`);
}

/** Takes what `generateKey` made for a key, and anything else for a passphrase. Throws GatewayError `config` when it is weak or damaged. */
export function parseKey(given: string, place: string): MasterKey {
  // Keyboards and systems differ in how they write an accent (RFC 8265 §4.2.2).
  const text = given.normalize("NFC");
  if (!text.startsWith(PREFIX)) {
    if ([...text].length < SHORTEST)
      throw new GatewayError("config", `the passphrase in ${place} needs at least ${SHORTEST} characters`);
    return { kdf: "argon2id", material: Buffer.from(text) };
  }
  const material = Buffer.from(text.slice(PREFIX.length), "base64url");
  // Taken for a passphrase, a key that lost its end would lock new secrets behind a mistake.
  if (PREFIX + material.toString("base64url") !== text || material.length !== BYTES)
    throw new GatewayError("config", `the key in ${place} is damaged; copy it again`);
  return { kdf: "hkdf-sha256", material };
}

/** How a new file derives its keys. */
export function newKdf({ kdf }: MasterKey): Kdf {
  const salt = randomBytes(16).toString("base64");
  return kdf === "argon2id" ? { name: kdf, salt, ...ARGON2 } : { name: kdf, salt };
}

/** The keys of one file, or nothing where this kind of key cannot be the one of that file. */
export async function deriveKeys({ kdf: kind, material }: MasterKey, kdf: Kdf): Promise<Keys | undefined> {
  if (kind !== kdf.name) return undefined;
  const salt = Buffer.from(kdf.salt, "base64");
  const root = kdf.name === "argon2id" ? await stretch(material, salt, kdf) : material;
  const key = (purpose: string) => Buffer.from(hkdfSync("sha256", root, salt, `argus-mcp secrets 1 ${purpose}`, BYTES));
  return { check: key("check"), seal: key("seal"), values: key("values") };
}

/** On a thread of its own, for it takes a quarter of a second. */
async function stretch(message: Buffer, nonce: Buffer, kdf: typeof ARGON2): Promise<Buffer> {
  const { memory, passes, parallelism } = kdf;
  return await promisify(argon2)("argon2id", { message, nonce, memory, passes, parallelism, tagLength: BYTES });
}
