// What clients see: the catalog of everything or of their group, narrowed to what the policies leave to their roles.
import type { Policy } from "../policy/rbac.ts";
import { narrow } from "./access.ts";
import { buildCatalog, type Catalog } from "./catalog.ts";

/** Gives the same object for the same group and roles, as long as it is in use. */
export type View = (group: string | null, roles: readonly string[]) => Catalog;

export interface ViewOptions {
  all: Catalog;
  groups: ReadonlyMap<string, Catalog>;
  policy: Policy | undefined;
  /** The last thing that is done to a catalog before clients see it. */
  finish(catalog: Catalog): Catalog;
}

/** Whoever can get tokens with ever other roles must not fill the memory. */
const LIMIT = 200;

/** What a group has that is gone. */
const EMPTY = buildCatalog([], { strategy: "first-wins", separator: "_", order: [] });

/** Makes the views of a snapshot. Without a policy they are there at once, else as soon as somebody has such roles. */
export function viewsOf({ all, groups, policy, finish }: ViewOptions): View {
  if (!policy) {
    const everything = finish(all);
    const finished = new Map([...groups].map(([group, catalog]) => [group, finish(catalog)]));
    return (group) => (group === null ? everything : (finished.get(group) ?? EMPTY));
  }
  const views = new Map<string, Catalog>();
  return (group, roles) => {
    const named = policy.named(roles);
    const key = JSON.stringify([group, named]);
    const whole = group === null ? all : (groups.get(group) ?? EMPTY);
    const view = views.get(key) ?? finish(narrow(whole, policy.verdicts(named)));
    views.delete(key);
    views.set(key, view);
    const [oldest] = views.keys();
    if (views.size > LIMIT && oldest !== undefined) views.delete(oldest);
    return view;
  };
}
