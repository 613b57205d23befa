import { describe, expect, it } from "vitest";
import { editsBetween, nearest } from "./nearest.ts";

describe("nearest", () => {
  it("finds the word that was meant", () => {
    expect(nearest("max_replica", ["min_replicas", "max_replicas"])).toBe("max_replicas");
    expect(nearest("PROT", ["HOST", "PORT"])).toBe("PORT");
    expect(nearest("Heartbeatms", ["heartbeatMs"])).toBe("heartbeatMs");
  });

  it("says nothing when no word is near", () => {
    expect(nearest("colour", ["port", "host"])).toBeUndefined();
    expect(nearest("port", [])).toBeUndefined();
  });
});

describe("editsBetween", () => {
  it.each([
    ["", "abc", 3],
    ["abc", "abc", 0],
    ["abc", "acb", 1],
    ["kitten", "sitting", 3],
  ])("counts %s -> %s as %i", (a, b, edits) => {
    expect(editsBetween(a, b)).toBe(edits);
  });
});
