// The rules between keys that no schema can say, for the reference of the configuration; a test breaks each of them.

export interface Rule {
  /** What must be so, as Markdown. */
  rule: string;
  /** A configuration that breaks it, less its version. */
  broken: object;
  /** What is then reported. */
  message: string;
}

const remote = { type: "streamable-http", url: "https://example.com/mcp" };
const oauth = { type: "oauth2", token_url: "https://example.com/token", client_id: "argus", client_secret: "s" };
const backend = (more: object) => ({ backends: { search: { ...remote, ...more } } });
const policy = (resource: string) => ({ authorization: { policies: [{ effect: "deny", resources: [resource] }] } });

export const RULES: readonly Rule[] = [
  {
    rule: "`incoming_auth.token` goes with `type: local`, and is needed there",
    broken: { incoming_auth: { type: "local" } },
    message: "local needs token, which all clients show as a bearer token",
  },
  {
    rule: "it has letters, digits and `-._~+/`, and may end in `=`: RFC 6750 knows no others",
    broken: { incoming_auth: { type: "local", token: "with a space" } },
    message: "has characters that no bearer token may have; `argus-mcp secret keygen` makes one that clients can show",
  },
  {
    rule: "`jwt` needs `jwks_uri` or `secret`",
    broken: { incoming_auth: { type: "jwt" } },
    message: "jwt needs jwks_uri (public keys), or secret (HMAC)",
  },
  {
    rule: "`jwt` does not have both",
    broken: { incoming_auth: { type: "jwt", jwks_uri: "https://example.com/keys", secret: "s".repeat(32) } },
    message: "there is jwks_uri already; tokens are signed by keys or by a secret, not both",
  },
  {
    rule: "a `secret` is as long as its algorithm's hash: 32, 48 or 64 bytes",
    broken: { incoming_auth: { type: "jwt", secret: "short" } },
    message: "must have at least 32 bytes, else it can be guessed; `argus-mcp secret keygen` makes one",
  },
  {
    rule: "`algorithms` of HMAC go with `secret`",
    broken: { incoming_auth: { type: "jwt", jwks_uri: "https://example.com/keys", algorithms: ["HS256"] } },
    message: "HS256 needs a secret; public keys go with RS256 or ES256",
  },
  {
    rule: "`algorithms` of public keys go with `jwks_uri`, or `oidc`",
    broken: { incoming_auth: { type: "jwt", secret: "s".repeat(32), algorithms: ["RS256"] } },
    message: "RS256 needs public keys (jwks_uri); a secret goes with HS256",
  },
  {
    rule: "`oidc` needs `issuer`",
    broken: { incoming_auth: { type: "oidc", audience: "argus" } },
    message: "oidc needs issuer, the URL under which it describes itself",
  },
  {
    rule: "`oidc` needs `audience`, if only `audience: null`",
    broken: { incoming_auth: { type: "oidc", issuer: "https://example.com" } },
    message: "oidc needs audience: who tokens must be meant for; null takes tokens for anybody",
  },
  {
    rule: "keys of `incoming_auth` that mean nothing with its `type` are mistakes",
    broken: { incoming_auth: { type: "anonymous", issuer: "https://example.com" } },
    message: "issuer means nothing with type anonymous; it goes with jwt or oidc",
  },
  {
    rule: "`auth` of `type: static` needs `headers`, and nothing else",
    broken: backend({ auth: { type: "static" } }),
    message: "static needs headers",
  },
  {
    rule: "`auth` of `type: oauth2` needs `token_url`, `client_id` and `client_secret`",
    broken: backend({ auth: { type: "oauth2" } }),
    message: "client_credentials needs token_url",
  },
  {
    rule: "with `flow: authorization_code` none of these is needed, but a `client_secret` needs both others",
    broken: backend({ auth: { ...oauth, flow: "authorization_code", token_url: null } }),
    message: "client_secret needs token_url: it is sent nowhere else",
  },
  {
    rule: "`redirect_port` goes with `flow: authorization_code`",
    broken: backend({ auth: { ...oauth, redirect_port: 8080 } }),
    message: "redirect_port means nothing with client_credentials",
  },
  {
    rule: "`headers` do not set what `auth` sets",
    broken: backend({ headers: { Authorization: "x" }, auth: oauth }),
    message: "auth sets Authorization already",
  },
  {
    rule: "`args`, `env` and `cwd` of an sse backend need a `command`",
    broken: { backends: { old: { type: "sse", url: "http://localhost:1/sse", args: ["x"] } } },
    message: "args needs a command",
  },
  {
    rule: "`conflict_resolution.order` names backends",
    broken: { ...backend({}), conflict_resolution: { order: ["serach"] } },
    message: 'there is no backend "serach" — did you mean "search"?',
  },
  {
    rule: "`resources` of a policy begin with a kind",
    broken: policy("delete_all"),
    message:
      '"delete_all" matches nothing; resources are globs over tool:, prompt:, resource:, server:, group:, each with a name',
  },
  {
    rule: "`server:` and `group:` in a policy name backends and groups that there are",
    broken: policy("server:search"),
    message: 'there is no backend "search"',
  },
];
