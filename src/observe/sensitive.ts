// What is a secret by its name: headers, variables, flags and parameters that are called as secrets are.

const WORDS = [
  "authorization",
  "cookie",
  "credentials?",
  "jwt",
  "mcp-session-id",
  "sessionid",
  "passphrase",
  "passw(?:or)?d",
  "(?<=[-_])pass",
  "secret",
  "token",
  "(?:access|account|api|auth|encryption|license|master|private|secret|signing|subscription)[-_ ]?key",
];

/** The end of a name that stands for a secret, as the source of a regular expression: `token` and `API_TOKEN`, not `token_url`. */
export const SENSITIVE = `(?:${WORDS.join("|")})`;

const NAME = new RegExp(`${SENSITIVE}$`, "i");
const FLAG = /^--?([\w-]+)$/;
const ASSIGNMENT = /^-{0,2}([\w.-]+)=(.*)$/s;
const SCHEME = /^(?:bearer|basic|token|apikey) +(.+)$/i;

/** What people give a variable of any name, and what would be found in every sentence. */
const MEANINGLESS = /^(?:true|false|yes|no|on|off|null|none|undefined)$/i;

export function isSensitive(name: string): boolean {
  return NAME.test(name);
}

/** Finds the secrets in a value, such as a configuration or an environment, by the names of keys, flags, variables and parameters of URLs. */
export function secretsIn(value: unknown, name = ""): string[] {
  if (typeof value === "string") return inText(value, name).filter((found) => !MEANINGLESS.test(found));
  if (Array.isArray(value)) {
    // An argument may be the value of the flag before it.
    const flagOf = (before: unknown) => (typeof before === "string" ? FLAG.exec(before)?.[1] : undefined);
    return value.flatMap((item, index) => secretsIn(item, flagOf(value[index - 1]) ?? name));
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => secretsIn(item, key));
}

function inText(text: string, name: string): string[] {
  if (isSensitive(name)) return [text, ...(SCHEME.exec(text)?.slice(1) ?? [])];
  const [, assigned = "", value = ""] = ASSIGNMENT.exec(text) ?? [];
  if (isSensitive(assigned)) return [value];
  return text.includes("://") && URL.canParse(text) ? inUrl(new URL(text)) : [];
}

function inUrl({ username, password, searchParams }: URL): string[] {
  const parameters = [...searchParams].filter(([name]) => isSensitive(name)).map(([, value]) => value);
  // A user without a password is a token.
  const user = password || username;
  return [...parameters, user, decoded(user)].filter((found) => found !== "");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
