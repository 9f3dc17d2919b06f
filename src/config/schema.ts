// The configuration: the only definition of its keys, with their defaults and what they mean.
import { type Static, Type } from "@sinclair/typebox";
import type { BackendConfig } from "./backend-schema.ts";
import { oneOf, POSITIVE, seconds, section, size, text, texts } from "./fields.ts";
import { IncomingAuth } from "./incoming-auth.ts";
import type { Lock } from "./lock-file.ts";

export const LOG_LEVELS = ["debug", "info", "warning", "error", "critical"] as const;

const Server = section(
  {
    host: text("the address to listen on", { default: "127.0.0.1" }),
    port: Type.Integer({ minimum: 0, maximum: 65_535, default: 9000, description: "the port; 0 takes a free one" }),
    log_level: oneOf(LOG_LEVELS, { default: "info", description: "the least severe messages that are logged" }),
    transport: oneOf(["streamable-http", "sse"], {
      default: "streamable-http",
      description: "which URL is shown first; both are always served",
    }),
    management: section(
      {
        enabled: Type.Boolean({ default: true, description: "false leaves only /manage/v1/health and /ready" }),
        token: Type.Optional(text("the bearer token of the management API; without one it serves this machine only")),
      },
      "the management API",
    ),
    health: section(
      {
        interval: seconds(30, "between two probes of a backend; 0 for none"),
        timeout: seconds(10, "a probe's answer", POSITIVE),
        failures: Type.Integer({
          minimum: 1,
          default: 3,
          description: "failed probes in a row that make it unhealthy",
        }),
      },
      "how backends are probed",
    ),
    allowed_origins: texts('origins of web pages that may connect, besides loopback; "*" for any'),
    allowed_hosts: texts("host names that this server is reached by, besides its address and loopback"),
    limits: section(
      {
        body: size(4 * 1024 * 1024, "the largest request"),
        sessions: Type.Integer({ minimum: 1, default: 1_000, description: "sessions at a time" }),
        session_idle: seconds(1_800, "until a silent session ends"),
        requests_per_minute: Type.Integer({
          minimum: 0,
          default: 0,
          description: "of one identity, or of one address where nobody is known; 0 for no limit",
        }),
      },
      "what clients may use",
    ),
    tool_lock: oneOf(["off", "warn", "block"], {
      default: "off",
      description: "what happens with tools that are not as argus.lock says: nothing, a warning, or they are hidden",
    }),
    tls: Type.Optional(
      Type.Object(
        {
          cert: Type.String({ minLength: 1, description: "the file of the certificate and its chain, in PEM" }),
          key: Type.String({ minLength: 1, description: "the file of its private key, in PEM" }),
        },
        { additionalProperties: false, description: "serve https, with files relative to the working directory" },
      ),
    ),
  },
  "the gateway itself",
);

const ConflictResolution = section(
  {
    strategy: oneOf(["first-wins", "prefix", "priority", "error"], {
      default: "first-wins",
      description: "what happens when two backends offer the same name",
    }),
    separator: text("stands between backend and name under prefix", { default: "_" }),
    order: texts("backend names, the first wins (priority)"),
  },
  "who gets a name that several backends offer",
);

const Secrets = section(
  {
    provider: oneOf(["file", "env", "keychain"], { default: "file", description: "what keeps them" }),
    path: Type.Optional(text("the encrypted file, unless ARGUS_SECRETS_FILE names one")),
  },
  "where the secrets are that other values name",
);

const Policy = Type.Object(
  {
    effect: Type.Union([Type.Literal("allow"), Type.Literal("deny")], { description: "allow or deny" }),
    roles: Type.Array(Type.String({ minLength: 1 }), {
      minItems: 1,
      default: ["*"],
      description: 'whom it concerns; "*" is everybody',
    }),
    resources: Type.Array(Type.String({ minLength: 1 }), {
      minItems: 1,
      description: "globs over tool:NAME, prompt:NAME, resource:URI, server:BACKEND and group:GROUP",
    }),
    description: Type.Optional(text("what it is for, as the audit log tells it")),
  },
  { additionalProperties: false },
);

const Authorization = section(
  {
    enabled: Type.Boolean({ default: false, description: "let policies decide what clients see and use" }),
    default_effect: oneOf(["allow", "deny"], { default: "deny", description: "what counts where no policy matches" }),
    policies: Type.Array(Policy, {
      default: [],
      description: "the first one that matches a role and a resource decides",
    }),
  },
  "which roles may see and use what",
);

const Audit = section(
  {
    enabled: Type.Boolean({ default: true, description: "note every call, refused request and change" }),
    file: Type.String({
      minLength: 1,
      default: "logs/audit.jsonl",
      description: "where to, relative to the working directory",
    }),
    max_size_mb: Type.Number({
      ...POSITIVE,
      default: 100,
      description: "the size at which the file is set aside as .1, in MiB",
    }),
    backup_count: Type.Integer({
      minimum: 0,
      maximum: 1_000,
      default: 5,
      description: "how many of those are kept",
    }),
  },
  "the audit trail",
);

const Optimizer = section(
  {
    enabled: Type.Boolean({ default: false, description: "offer find_tool and call_tool in place of long lists" }),
    keep_tools: texts("tools that stay listed, by exposed name"),
  },
  "fewer tools in a client's context",
);

const Telemetry = section(
  {
    enabled: Type.Boolean({ default: false, description: "export a trace of every call" }),
    otlp_endpoint: Type.String({
      pattern: "^https?://[^/\\s]",
      default: "http://localhost:4318",
      description: "the base URL of an OTLP/HTTP receiver",
    }),
    service_name: text("the name of this service in traces", { default: "argus-mcp" }),
  },
  "OpenTelemetry traces",
);

const FeatureFlags = section(
  { hot_reload: Type.Boolean({ default: true, description: "watch this file, and take what changes" }) },
  "what can be switched off",
);

const Client = section(
  {
    server_url: Type.Optional(
      Type.String({
        pattern: "^https?://[^/\\s]",
        description: "the server to show where no list of servers is found; else it is the one of this file",
      }),
    ),
    token: Type.Optional(text("the token of its management API, unless ARGUS_MGMT_TOKEN gives one")),
    theme: Type.Optional(text("the name of the colours")),
    servers_config: Type.Optional(text("the file with the list of servers")),
  },
  "the terminal UI",
);

/** Everything but the backends, each of which is checked against the schema of its type. */
export const Settings = Type.Object(
  {
    version: Type.Literal("1", { description: 'the version of this format, "1"' }),
    server: Server,
    conflict_resolution: ConflictResolution,
    secrets: Secrets,
    incoming_auth: IncomingAuth,
    authorization: Authorization,
    audit: Audit,
    optimizer: Optimizer,
    telemetry: Telemetry,
    feature_flags: FeatureFlags,
    client: Client,
    backends: Type.Record(Type.String(), Type.Unknown(), { default: {}, description: "the MCP servers, by name" }),
  },
  { additionalProperties: false },
);

export type Config = Omit<Static<typeof Settings>, "backends"> & {
  backends: Record<string, BackendConfig>;
  /** What argus.lock beside the file says; absent where there is none, or where it does not count. */
  lock?: Lock;
};
