// What the configuration says of one backend: a schema for each type, the only definition of its keys.
import { type Static, type TProperties, type TSchema, Type } from "@sinclair/typebox";
import { oneOf, POSITIVE, seconds, section, text, texts } from "./fields.ts";

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

/** SSE is a transport of the legacy era alone. */
const protocol = oneOf(["auto", "legacy", "modern"], {
  default: "auto",
  description:
    "the era that it is spoken to in: with initialize and sessions (legacy), from 2026-07-28 on (modern), or as it answers",
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
    protocol,
  }),
  sse: backend("sse", {
    ...remote,
    command: Type.Optional(text("a local program to start before connecting")),
    ...process,
    timeouts: timeouts(15),
    sharing: sharing("shared"),
  }),
  "streamable-http": backend("streamable-http", {
    ...remote,
    timeouts: timeouts(15),
    sharing: sharing("session"),
    protocol,
  }),
} satisfies Record<string, TSchema>;

export type BackendType = keyof typeof BackendTypes;

export type OutgoingAuth = Static<typeof OutgoingAuth>;
export type BackendConfig = Static<(typeof BackendTypes)[BackendType]>;
