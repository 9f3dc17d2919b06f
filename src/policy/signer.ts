// Signs what clients keep for the gateway, so that what they give back is known to have been made here, and for the same use.

export class Signer {
  constructor(private readonly key: Uint8Array) {}

  /** The text with its signature; it is good together with this `context` only, which is not in it. */
  sign(text: string, context = ""): string {
    const code = new Bun.CryptoHasher("sha256", this.key).update(JSON.stringify([text, context])).digest("base64url");
    return `${text}.${code}`;
  }

  /** The text of what was signed here in this context; nothing for anything else. */
  open(signed: string, context = ""): string | undefined {
    const text = signed.slice(0, Math.max(0, signed.lastIndexOf(".")));
    return isSame(signed, this.sign(text, context)) ? text : undefined;
  }
}

/** Compares in the same time wherever two texts differ. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && crypto.timingSafeEqual(a, b);
}
