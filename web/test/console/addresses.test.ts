import { describe, expect, it } from "vitest";
import { kindOf } from "../../src/console/api.ts";
import { hashOf, HOME, parseRoute, VIEWS, viewsOf } from "../../src/console/routes.ts";

describe("a route", () => {
  it.each(VIEWS.map((view) => [view]))("of %s is read back from its address", (view) => {
    expect(parseRoute(hashOf(view))).toEqual({ view, session: null, query: {} });
  });

  it("keeps a call's id and the query whatever they hold", () => {
    const hash = hashOf("calls", "a/b?c=d é", { turn: "3", q: "¿perro & gato?", empty: "" });
    expect(parseRoute(hash)).toEqual({
      view: "calls",
      session: "a/b?c=d é",
      query: { turn: "3", q: "¿perro & gato?" },
    });
  });

  it.each(["", "#", "#/", "#/nothing", "#/calls%", "#nonsense/x?y"])("is the overview for %j", (hash) => {
    expect(parseRoute(hash)).toEqual(HOME);
  });

  it("has a call only under calls", () => {
    expect(parseRoute("#/costs/abc").session).toBeNull();
    expect(parseRoute("#/calls/%E0%A4%A").session).toBe("%E0%A4%A");
  });
});

it.each([
  [401, "login"],
  [403, "forbidden"],
  [404, "missing"],
  [429, "busy"],
  [503, "busy"],
  [500, "server"],
  [422, "server"],
] as const)("a status %d is a problem of the kind %s", (status, kind) => {
  expect(kindOf(status)).toBe(kind);
});

describe("the views", () => {
  it("are all of them for the operator, and for a tenant's owner those that show nothing of others", () => {
    expect(viewsOf(null)).toEqual(VIEWS);
    expect(viewsOf("casas")).toEqual(VIEWS.filter((view) => view !== "library" && view !== "try"));
  });
});
