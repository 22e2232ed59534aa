/** Addresses inside the console: `#/calls/SESSION?turn=3`. Pure; the browser's own history does the rest. */

export const VIEWS = ["overview", "calls", "latency", "costs", "engines", "library", "gaps", "try"] as const;
export type ViewName = (typeof VIEWS)[number];

/** Of what all tenants share: for the operator only. */
const SHARED: readonly ViewName[] = ["library", "try"];

/** The views for the owner of a tenant, or for the operator (null). */
export function viewsOf(tenant: string | null): readonly ViewName[] {
  return tenant === null ? VIEWS : VIEWS.filter((view) => !SHARED.includes(view));
}

export interface Route {
  view: ViewName;
  /** Of the one call that is shown; null for a view as a whole. */
  session: string | null;
  query: Readonly<Record<string, string>>;
}

export const HOME: Route = { view: "overview", session: null, query: {} };

/** The route of a location's hash; the overview for what is none. */
export function parseRoute(hash: string): Route {
  const [path = "", search = ""] = hash.replace(/^#?\/?/, "").split("?", 2);
  const [name = "", session = ""] = path.split("/", 2);
  const view = VIEWS.find((each) => each === name);
  if (view === undefined) return HOME;
  const query = Object.fromEntries(new URLSearchParams(search));
  return { view, session: view === "calls" && session !== "" ? decoded(session) : null, query };
}

/** The hash of a route, with what is set of its query. */
export function hashOf(view: ViewName, session: string | null = null, query: Readonly<Record<string, string>> = {}) {
  const set = Object.entries(query).filter(([, value]) => value !== "");
  const search = new URLSearchParams(set).toString();
  const path = session === null ? view : `${view}/${encodeURIComponent(session)}`;
  return `#/${path}${search === "" ? "" : `?${search}`}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
