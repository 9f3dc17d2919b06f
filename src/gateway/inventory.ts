// Everything that backends offer with what became of it: exposed, renamed, hidden by a filter or the lock of tools. For people, not for the path of a call.
import type { CapabilityKind, Item, Route } from "../model.ts";
import { type Catalog, HANDLING, overrideOf, type Source } from "./catalog.ts";
import type { NamingRules } from "./naming.ts";

export interface InventoryItem {
  backend: string;
  /** The name or URI under which clients find it. */
  exposed: string;
  original: string;
  /** As the backend described it. */
  item: Item;
  /** The description that clients see. */
  description: string | null;
  /** A filter hides it, or nobody has approved it. */
  filtered: boolean;
}

/** What a conflict has dropped is left out. */
export type Inventory = Readonly<Record<CapabilityKind, readonly InventoryItem[]>>;

/** Lists what the sources of a catalog offer, in their order. */
export function inventoryOf(catalog: Catalog, rules: NamingRules): Inventory {
  const list = (kind: CapabilityKind, routes: ReadonlyMap<string, Route>) => {
    const left = new Map(routes);
    return catalog.sources.flatMap((source) => itemsOf(source, kind, rules).filter((item) => isHeld(item, left)));
  };
  return {
    tools: list("tools", catalog.tools),
    prompts: list("prompts", catalog.prompts),
    resources: list("resources", catalog.resources),
    resourceTemplates: list("resourceTemplates", catalog.templates),
  };
}

function itemsOf(source: Source, kind: CapabilityKind, rules: NamingRules): InventoryItem[] {
  const { admits, entry } = HANDLING[kind];
  return (source.upstream.offer?.[kind] ?? []).map((item) => {
    const { exposed, original } = entry(source, item, rules);
    const override = kind === "tools" ? overrideOf(source, original)?.description : undefined;
    const { description } = item.body;
    return {
      ...{ backend: source.upstream.name, exposed, original, item },
      description: override ?? (typeof description === "string" ? description : null),
      filtered: !admits(source, item),
    };
  });
}

/** Takes the route of what is held out of `left`, so that a name which is offered twice is shown once. */
function isHeld({ filtered, exposed, original, backend }: InventoryItem, left: Map<string, Route>): boolean {
  const route = left.get(exposed);
  return filtered || (route?.upstream.name === backend && route.original === original && left.delete(exposed));
}
