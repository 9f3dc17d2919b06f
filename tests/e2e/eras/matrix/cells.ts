// The matrix at a glance: any client with any server. The README shows it, and what differs in it because the specification has it so.
import type { Json, Sdk } from "../../../fixtures/clients.ts";

/** Both major versions of the official SDK, the second in both eras. */
export const clients = ["v1", "v2", "modern"] as const satisfies Sdk[];
export type Client = (typeof clients)[number];

export const backends = ["legacy-stdio", "legacy-http", "legacy-sse", "modern-stdio", "modern-http"] as const;
export type Backend = (typeof backends)[number];

export const features = [
  ...(["list", "call", "error", "progress", "cancel", "log", "read", "template"] as const),
  ...(["prompt", "completion", "subscribe", "list_changed", "elicit", "sample", "roots", "pagination"] as const),
] as const;
export type Feature = (typeof features)[number];

/** What works at these backends with more in their configuration, and does not without. */
export interface Exception {
  feature: Feature;
  backends: readonly Backend[];
  config: Json;
  reason: string;
}

export const exceptions: readonly Exception[] = [
  {
    feature: "roots",
    backends: ["legacy-stdio", "legacy-sse"],
    config: { sharing: "session" },
    reason:
      "what a client can do is said once for a connection, in `initialize`, and a shared one has many clients, each with its own roots",
  },
];

/** What works in every cell, and looks otherwise to clients of the two eras. */
export interface Difference {
  features: readonly Feature[];
  text: string;
}

export const differences: readonly Difference[] = [
  {
    features: ["subscribe", "list_changed"],
    text: "legacy clients use `resources/subscribe` and hear of lists unasked; modern ones, of whom no session remembers anything, keep `subscriptions/listen` open",
  },
  {
    features: ["log"],
    text: "a legacy client sets a level for its session; a modern one says it in each request, and hears nothing where it does not",
  },
  {
    features: ["elicit", "sample", "roots"],
    text: "legacy clients are asked by a request; modern ones, whom servers send none, get `input_required` and call again with the answers",
  },
  {
    features: ["cancel"],
    text: "legacy clients send `notifications/cancelled`; modern ones close the response, which has no room for a reason",
  },
  {
    features: ["error"],
    text: "a resource that does not exist is -32002 between a legacy client and a legacy server, and -32602 where either is modern, since that era has given up the other code",
  },
];
