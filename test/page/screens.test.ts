import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { screens } from "./screens.ts";

const sources = fileURLToPath(new URL("../../web/src/", import.meta.url));

/** Paths of all routes that the page's source makes. */
function routesOfThePage(): string[] {
  const files = readdirSync(sources, { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => readFileSync(sources + file, "utf8"))
    .flatMap((text) => [...text.matchAll(/createRoute\(\{[^}]*?\bpath:\s*"([^"]+)"/g)])
    .map((found) => found[1] ?? "");
}

it("every route of the router is among the screens, and no other", () => {
  const routes = routesOfThePage();
  expect(routes).toContain("/documents/$id");
  expect([...new Set(screens.map(({ route }) => route))].sort()).toEqual(
    [...new Set(routes)].sort(),
  );
});

/** Names of the tabs, from the list that addresses are read by. */
function tabsOfADocument(): string[] {
  const text = readFileSync(`${sources}lib/search.ts`, "utf8");
  const list = /export const tabs = \[([^\]]*)\]/.exec(text)?.[1] ?? "";
  return [...list.matchAll(/"(\w+)"/g)].map((found) => found[1] ?? "");
}

it("so is every tab of a document", () => {
  const known = screens.flatMap(({ tab }) => tab ?? []);
  expect(known.toSorted()).toEqual(tabsOfADocument().toSorted());
});

it("every route is looked at loaded, empty and in error", () => {
  for (const route of new Set(screens.map((screen) => screen.route))) {
    const states = screens
      .filter((one) => one.route === route)
      .flatMap(({ at }) => Object.keys(at));
    expect({ route, states }).toEqual({
      route,
      states: expect.arrayContaining(["loaded", "empty", "error"]),
    });
  }
});
