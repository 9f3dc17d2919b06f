// Headers that protect what is answered, made once: on the path of a call there is no time for them.

/** For JSON: it is for this client alone, and is nothing else than it says. */
export const JSON_HEADERS = {
  "content-type": "application/json",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
} as const;

/** The same for a whole response, as it is taken the fastest. */
export const PREPARED_JSON: ResponseInit = { headers: new Headers(JSON_HEADERS) };

/**
 * For a page without scripts; `style` is the text of its one style element. Strict-Transport-Security is not among them: it
 * would hold for the whole host, and so for what runs on its other ports.
 */
export function pageHeaders(style: string): Record<string, string> {
  const hash = new Bun.CryptoHasher("sha256").update(style).digest("base64");
  return {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy":
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; ` +
      "frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  };
}
