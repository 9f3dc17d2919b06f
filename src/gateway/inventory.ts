// Everything that backends offer with what became of it: exposed, renamed, hidden by a filter. For people, not for the path of a call.
import type { CapabilityKind, Item } from "../model.ts";

export interface InventoryItem {
  backend: string;
  /** The name or URI under which clients find it. */
  exposed: string;
  original: string;
  /** As the backend described it. */
  item: Item;
  /** The description that clients see. */
  description: string | null;
  filtered: boolean;
}

/** What a conflict has dropped is left out. */
export type Inventory = Readonly<Record<CapabilityKind, readonly InventoryItem[]>>;
