// The policies in force as a table, in the order in which they are asked.
import type { Security } from "../state.ts";
import type { Line, Span } from "../theme.ts";
import type { Column } from "../widgets/columns.ts";
import { type Fact, factLines } from "../widgets/facts.ts";

type Authorization = Security["authorization"];
type Effect = Authorization["default_effect"];

export interface PolicyRow {
  /** From 1; null for what counts where none matches. */
  readonly order: number | null;
  readonly effect: Effect;
  readonly roles: readonly string[];
  readonly resources: readonly string[];
  readonly description: string | null;
}

/** The policies, and at the end what counts where none matches; nothing while authorization is off. */
export function policyRows({ enabled, default_effect: effect, policies }: Authorization): PolicyRow[] {
  if (!enabled) return [];
  const rows = policies.map((policy, index): PolicyRow => ({ ...policy, order: index + 1 }));
  return [...rows, { order: null, effect, roles: ["*"], resources: ["*"], description: "where no policy matches" }];
}

export function effectSpan(effect: Effect): Span {
  return effect === "allow" ? ["✔ allow", "good"] : ["✖ deny", "bad"];
}

export const POLICY_COLUMNS: readonly Column<PolicyRow>[] = [
  { title: "#", width: 2, align: "right", cell: ({ order }) => [[order === null ? "–" : String(order), "muted"]] },
  { title: "effect", width: 7, cell: ({ effect }) => [effectSpan(effect)] },
  { title: "roles", width: "fit", max: 24, cell: ({ roles }) => listed(roles, "everybody") },
  { title: "resources", width: 20, grow: 2, cell: ({ resources }) => listed(resources, "everything") },
  {
    title: "description",
    ...{ width: 16, grow: 1, rank: 1 },
    cell: ({ description }) => [[description ?? "", "muted"]],
  },
];

function listed(items: readonly string[], all: string): Line {
  return items.length === 1 && items[0] === "*" ? [[all, "muted"]] : [[items.join(", ")]];
}

/** All of one policy. */
export function policyLines({ order, effect, roles, resources, description }: PolicyRow, width: number): Line[] {
  const facts: Fact[] = [
    [
      "order",
      order === null ? "asked last: it counts where no policy matches" : `${order}; the first that matches decides`,
    ],
    ["effect", [effectSpan(effect)]],
    ...roles.map((role, index): Fact => [index === 0 ? "roles" : "", role === "*" ? "* (everybody)" : role]),
    ...resources.map((glob, index): Fact => [index === 0 ? "resources" : "", glob]),
    ["meant for", description ?? []],
  ];
  return factLines(facts, width);
}
