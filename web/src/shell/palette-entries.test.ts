import { describe, expect, it } from "vitest";
import { type Entry, matchingEntries } from "./palette-entries.ts";

const entry = (group: string, name: string): Entry => ({ id: name, group, name, run: () => {} });
const entries = [
  entry("Pages", "Documents"),
  entry("Pages", "What-if"),
  entry("Documents", "Énergie A.pdf"),
  entry("Actions", "Pause updates"),
];
const namesOf = (typed: string) => matchingEntries(entries, typed).map(({ name }) => name);

describe("matchingEntries", () => {
  it("shows all while nothing is typed", () => {
    expect(namesOf("  ")).toHaveLength(4);
  });
  it("takes words in any order, without accents and case, also those of the group", () => {
    expect(namesOf("a.PDF energie")).toEqual(["Énergie A.pdf"]);
    expect(namesOf("pages what")).toEqual(["What-if"]);
    expect(namesOf("documents")).toEqual(["Documents", "Énergie A.pdf"]);
    expect(namesOf("nothing")).toEqual([]);
  });
  it("puts what begins with it first within its group", () => {
    const two = [entry("Actions", "Let updates go on"), entry("Actions", "Updates")];
    expect(matchingEntries(two, "up").map(({ name }) => name)).toEqual([
      "Updates",
      "Let updates go on",
    ]);
  });
});
