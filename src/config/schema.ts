// The configuration: the only definition of its keys, with their defaults and what they mean.
import { type Static, type TProperties, type TSchema, Type } from "@sinclair/typebox";
import { oneOf, POSITIVE, seconds, section, size, text, texts } from "./fields.ts";

const Rules = (what: string) =>
  section(
    {
      allow: texts("globs; when there are any, only what one of them matches is offered"),
      deny: texts("globs; what one of them matches is not offered, whatever allow says"),
    },
    `which ${what} are offered`,
  );

const Override = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, description: "the name to expose instead" })),
    description: Type.Optional(text("the description to expose instead")),
  },
  { additionalProperties: false },
);

const timeouts = (init: number) =>
  section(
    {
      init: seconds(init, "connecting and initialize", POSITIVE),
      cap_fetch: seconds(10, "each page of a list", POSITIVE),
      sse_startup: seconds(5, "until the URL of a local process answers (sse with command)", POSITIVE),
      call: seconds(0, "each call; 0 for no limit"),
    },
    "how long a backend may take",
  );

const shared = {
  group: text("the group it belongs to: /mcp/{group} serves only that", { default: "default" }),
  filters: section(
    { tools: Rules("tools"), resources: Rules("resources and templates"), prompts: Rules("prompts") },
    "what is offered, by globs over original names and URIs",
  ),
  tool_overrides: Type.Record(Type.String(), Override, {
    default: {},
    description: "other names and descriptions for tools, by original name",
  }),
  enabled: Type.Boolean({ default: true, description: "false keeps the definition without running it" }),
};

const process = {
  args: texts("its arguments"),
  env: Type.Record(Type.String(), Type.String(), { default: {}, description: "further environment variables for it" }),
  cwd: Type.Optional(text("its working directory")),
};

const OutgoingAuth = Type.Object(
  {
    type: Type.Union([Type.Literal("static"), Type.Literal("oauth2")], { description: "static or oauth2" }),
    headers: Type.Optional(
      Type.Record(Type.String(), Type.String(), { description: "headers that authorize (static)" }),
    ),
    flow: oneOf(["client_credentials", "authorization_code"], {
      default: "client_credentials",
      description: "tokens in the gateway's own name, or granted by somebody in a browser (oauth2)",
    }),
    token_url: Type.Optional(
      Type.String({
        pattern: "^https?://[^/\\s]",
        description:
          "where tokens are; under authorization_code found by itself, and the only place for a client_secret",
      }),
    ),
    client_id: Type.Optional(text("the gateway's name there; under authorization_code it can register by itself")),
    client_secret: Type.Optional(text("its secret")),
    scopes: texts("what tokens are asked for (oauth2)"),
    redirect_port: Type.Integer({
      minimum: 0,
      maximum: 65_535,
      default: 0,
      description: "where the browser comes back to on this machine; 0 takes a free port (authorization_code)",
    }),
  },
  { additionalProperties: false, description: "how requests to it are authorized" },
);

const remote = {
  url: Type.String({ pattern: "^https?://", description: "http or https" }),
  headers: Type.Record(Type.String(), Type.String(), { default: {}, description: "further request headers" }),
  auth: Type.Optional(OutgoingAuth),
};

const sharing = (value: "shared" | "session") =>
  oneOf(["shared", "session"], {
    default: value,
    description: "one connection for all clients, or one for each client session",
  });

function backend<Kind extends string, Properties extends TProperties>(kind: Kind, properties: Properties) {
  return Type.Object({ type: Type.Literal(kind), ...properties, ...shared }, { additionalProperties: false });
}

/** One schema for each type of backend. */
export const BackendTypes = {
  stdio: backend("stdio", {
    command: text("the program to run"),
    ...process,
    timeouts: timeouts(60),
    sharing: sharing("shared"),
  }),
  sse: backend("sse", {
    ...remote,
    command: Type.Optional(text("a local program to start before connecting")),
    ...process,
    timeouts: timeouts(15),
    sharing: sharing("shared"),
  }),
  "streamable-http": backend("streamable-http", { ...remote, timeouts: timeouts(15), sharing: sharing("session") }),
} satisfies Record<string, TSchema>;

export type BackendType = keyof typeof BackendTypes;

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
      },
      "what clients may use",
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

/** Everything but the backends, each of which is checked against the schema of its type. */
export const Settings = Type.Object(
  {
    version: Type.Literal("1", { description: 'the version of this format, "1"' }),
    server: Server,
    conflict_resolution: ConflictResolution,
    secrets: Secrets,
    authorization: Authorization,
    audit: Audit,
    optimizer: Optimizer,
    telemetry: Telemetry,
    feature_flags: FeatureFlags,
    backends: Type.Record(Type.String(), Type.Unknown(), { default: {}, description: "the MCP servers, by name" }),
  },
  { additionalProperties: false },
);

export type OutgoingAuth = Static<typeof OutgoingAuth>;
export type BackendConfig = Static<(typeof BackendTypes)[BackendType]>;
export type Config = Omit<Static<typeof Settings>, "backends"> & { backends: Record<string, BackendConfig> };
