// Whom the gateway has refused what, the newest first: calls that a policy denied, and those who could not show who they are.
import { ago, timeOfDay } from "../format.ts";
import type { EventRecord, Security, SessionRecord } from "../state.ts";
import type { Line } from "../theme.ts";
import type { Column } from "../widgets/columns.ts";
import { type Fact, factLines } from "../widgets/facts.ts";

type Denial = Security["denials"][number];

export interface Refusal {
  readonly key: string;
  readonly timestamp: string;
  readonly who: string;
  /** Whether `who` was proven. */
  readonly proven: boolean;
  readonly what: string;
  readonly name: string | null;
  readonly backend: string | null;
  /** What decided, as people say it. */
  readonly by: string;
  readonly facts: readonly Fact[];
}

/** The denials and failed authentications of a server, with the names of clients where they are still known. */
export function refusals(
  denials: readonly Denial[],
  events: readonly EventRecord[],
  sessions: readonly SessionRecord[],
): Refusal[] {
  const clients = new Map(sessions.map(({ id, client }) => [id, `${client.name} ${client.version}`]));
  const failed = events.filter(({ stage }) => stage === "auth_failed").map(failureOf);
  const denied = denials.map((denial, index) => denialOf(denial, clients.get(denial.session), index));
  return [...denied, ...failed].sort((one, other) => (one.timestamp < other.timestamp ? 1 : -1));
}

function denialOf(denial: Denial, client: string | undefined, index: number): Refusal {
  const { timestamp, session, user, method, name, backend, by } = denial;
  return {
    ...{ timestamp, name, backend, what: method, by: deciderOf(by) },
    key: `${timestamp} ${session} ${index}`,
    who: user ?? client ?? "a client that has left",
    proven: user !== null,
    facts: [
      ["user", user ?? "nobody has shown who it is"],
      ["client", client ?? "it has left"],
      ["session", session],
      ["asked for", `${method} ${name ?? ""}`],
      ["backend", backend],
      ["decided by", by],
    ],
  };
}

function failureOf({ id, timestamp, message, details }: EventRecord): Refusal {
  const peer = typeof details?.peer === "string" ? details.peer : "unknown address";
  return {
    ...{ key: id, timestamp, who: peer, proven: false, name: message, backend: null },
    ...{ what: "authentication", by: "the token" },
    facts: [
      ["from", peer],
      ["why", message],
    ],
  };
}

/** `policy 1` for `authorization.policies.0`: as the policies are numbered here. */
function deciderOf(by: string): string {
  const [, index] = /^authorization\.policies\.(\d+)\b/.exec(by) ?? [];
  if (index !== undefined) return `policy ${Number(index) + 1}`;
  return by === "authorization.default_effect" ? "the default" : by;
}

export const REFUSAL_COLUMNS: readonly Column<Refusal>[] = [
  { title: "time", width: 8, cell: ({ timestamp }) => [[timeOfDay(timestamp), "muted"]] },
  { title: "who", width: "fit", max: 24, cell: ({ who, proven }) => [[who, proven ? "strong" : "text"]] },
  { title: "what", width: "fit", max: 24, rank: 2, cell: ({ what }) => [[what, "muted"]] },
  { title: "name", width: 16, grow: 1, cell: ({ name }) => [[name ?? ""]] },
  { title: "backend", width: "fit", max: 16, rank: 3, cell: ({ backend }) => [[backend ?? "", "key"]] },
  { title: "by", width: "fit", max: 16, rank: 1, cell: ({ by }) => [[by, "bad"]] },
];

/** All of one refusal; `now` in milliseconds since 1970. */
export function refusalLines({ timestamp, facts }: Refusal, now: number, width: number): Line[] {
  const when: Fact = ["when", `${new Date(timestamp).toLocaleString("sv")}, ${ago(timestamp, now)}`];
  return factLines([when, ...facts], width);
}
