// Scenario: what the audit trail, redaction, policies, tokens and limits cost on the path of a call, beside a gateway without them.
import { SignJWT } from "jose";
import { type GatewaySections, gatewayWith } from "./launch.ts";
import type { Bench } from "./rounds.ts";
import type { Table } from "./table.ts";
import { compare, type Variant } from "./variants.ts";

const key = "a-secret-of-the-bench-which-is-longer-than-thirty-two-bytes";

const bearer = (token: string) => `Authorization: Bearer ${token}\r\n`;

/** All features are off but those that are named. */
function variant(name: string, sections: GatewaySections = {}, headers = ""): Variant {
  return { contestant: gatewayWith(name, { audit: { enabled: false }, ...sections }, headers) };
}

const audit = { audit: { enabled: true } };

/** A backend that never runs, for the secrets in its definition: the redactor knows fifty more. */
const secrets = {
  backends: {
    idle: {
      ...{ type: "stdio", command: "true", enabled: false },
      env: Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`API_KEY_${index}`, `bench-${index}-secret`])),
    },
  },
};

/** The last of twenty allows what the bench calls. */
const policies = {
  authorization: {
    enabled: true,
    policies: [
      ...Array.from({ length: 19 }, (_, index) => ({
        ...{ effect: "deny", roles: [`role-${index}`], resources: [`tool:secret_${index}_*`] },
      })),
      { effect: "allow", resources: ["tool:*"] },
    ],
  },
};

const limits = { server: { limits: { requests_per_minute: 1_000_000_000 } } };

const local = { incoming_auth: { type: "local", token: key } };

const jwt = { incoming_auth: { type: "jwt", secret: key, issuer: "bench", audience: "argus" } };

async function signed(): Promise<string> {
  return await new SignJWT({ roles: ["engineer"] })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject("client")
    .setIssuer("bench")
    .setAudience("argus")
    .setExpirationTime("1h")
    .sign(new TextEncoder().encode(key));
}

export async function trust({ quick }: Bench): Promise<Table[]> {
  const token = bearer(await signed());
  return await compare({
    title: "with what makes it safe, and without",
    columns: ["with", "without"],
    variants: [
      variant("nothing"),
      variant("audit", audit),
      variant("audit, 50 secrets", { ...audit, ...secrets }),
      variant("20 policies", policies),
      variant("a limit", limits),
      variant("one token", local, bearer(key)),
      variant("JWT", jwt, token),
      variant("all of it", { ...audit, ...secrets, ...policies, ...limits, ...jwt }, token),
    ],
    plain: variant("without"),
    quick,
  });
}
