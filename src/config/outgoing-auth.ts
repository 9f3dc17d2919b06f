// What no schema can say about the auth of a backend: which keys belong to which type, and which of them it needs.

import type { BackendConfig, OutgoingAuth } from "./backend-schema.ts";
import type { Path, Problem } from "./problem.ts";

const CLIENT = ["token_url", "client_id", "client_secret"] as const;

type Key = keyof OutgoingAuth;

interface Rule {
  needed: readonly Key[];
  optional: readonly Key[];
}

const RULES: Record<"static" | OutgoingAuth["flow"], Rule> = {
  static: { needed: ["headers"], optional: [] },
  client_credentials: { needed: CLIENT, optional: ["flow", "scopes"] },
  authorization_code: { needed: ["flow"], optional: [...CLIENT, "scopes", "redirect_port"] },
};

type Add = (key: string, message: string) => void;

/** Adds what is wrong with the `auth` of `backend`; `written` is the backend as it was before defaults were filled in. */
export function checkOutgoingAuth(backend: BackendConfig, written: unknown, path: Path, problems: Problem[]): void {
  const keys = (written as { auth?: unknown }).auth;
  if (backend.type === "stdio" || typeof backend.auth !== "object" || typeof keys !== "object" || !keys) return;
  const { auth, headers } = backend;
  const kind = auth.type === "static" ? "static" : auth.flow;
  // What the schema has found already needs no second word.
  if (!Object.hasOwn(RULES, kind)) return;
  const add = (key: string, message: string) => problems.push({ path: [...path, "auth", key], message });
  checkKeys(kind, auth, Object.keys(keys) as Key[], add);
  if (kind === "authorization_code") checkClient(auth, add);
  const set = kind === "static" ? Object.keys(auth.headers ?? {}) : ["authorization"];
  for (const name of Object.keys(headers ?? {})) {
    if (!set.some((other) => other.toLowerCase() === name.toLowerCase())) continue;
    problems.push({ path: [...path, "headers", name], message: `auth sets ${name} already` });
  }
}

function checkKeys(kind: keyof typeof RULES, auth: OutgoingAuth, written: readonly Key[], add: Add): void {
  const { needed, optional } = RULES[kind];
  for (const key of needed) if (!auth[key]) add(key, `${kind} needs ${key}`);
  for (const key of written) {
    const known = ["type", ...needed, ...optional].includes(key);
    if (!known && Object.hasOwn(auth, key)) add(key, `${key} means nothing with ${kind}`);
  }
  const { token_url: url } = auth;
  if (url !== undefined && /^https?:/.test(url) && !URL.canParse(url)) {
    add("token_url", `${JSON.stringify(url)} is not a URL`);
  }
}

/** The backend names the authorization server, and must not get the secret by naming its own. */
function checkClient({ client_id, client_secret, token_url }: OutgoingAuth, add: Add): void {
  if (client_secret === undefined) return;
  if (client_id === undefined) add("client_secret", "client_secret needs client_id");
  if (token_url === undefined) add("client_secret", "client_secret needs token_url: it is sent nowhere else");
}
