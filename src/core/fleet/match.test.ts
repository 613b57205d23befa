import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type KnownRun, matchRuns, type SeenRun } from "./match.ts";

const run = (name: string, providerRef: string | null, isDraining = false): KnownRun => ({
  name,
  providerRef,
  isDraining,
});
const sight = (
  name: string,
  providerRef: string,
  state: SeenRun["state"] = "running",
): SeenRun => ({ name, installation: "here", state, providerRef });

describe("runs against sightings", () => {
  it("knows a run again by its machine", () => {
    const { seen, ended, orphans } = matchRuns([run("a", "m1")], [sight("a", "m1")]);
    expect([seen.length, ended.length, orphans.length]).toEqual([1, 0, 0]);
  });

  it("takes another machine in its place for an end and a stranger", () => {
    const { ended, orphans } = matchRuns([run("a", "m1")], [sight("a", "m2")]);
    expect(ended).toMatchObject([{ how: "replaced" }]);
    expect(orphans).toMatchObject([{ providerRef: "m2" }]);
  });

  it("waits for a run that was never seen, and misses one that was", () => {
    const { ended } = matchRuns([run("new", null), run("old", "m1")], []);
    expect(ended).toMatchObject([{ run: { name: "old" }, how: "vanished" }]);
  });

  it("closes a draining run that never came to be", () => {
    const { ended } = matchRuns([run("a", null, true)], []);
    expect(ended).toMatchObject([{ how: "vanished" }]);
  });

  it("does not end a run by the end of the one before it", () => {
    const { ended, seen } = matchRuns(
      [run("a", "m2")],
      [sight("a", "m1", "exited"), sight("a", "m2")],
    );
    expect([ended.length, seen.length]).toEqual([0, 1]);
  });

  it("takes a machine that has no name again for an end of the named one", () => {
    const { ended } = matchRuns([run("a", "m1")], [sight("a", "pending", "starting")]);
    expect(ended).toMatchObject([{ how: "replaced" }]);
  });

  it("gives every run and every live sighting at most one place", () => {
    const names = fc.constantFrom("a", "b", "c");
    const refs = fc.constantFrom("m1", "m2", null);
    const seenRefs = fc.constantFrom("m1", "m2", "pending");
    const runs = fc.uniqueArray(
      fc.record({ name: names, providerRef: refs, isDraining: fc.boolean() }),
      {
        selector: (one) => one.name,
      },
    );
    const states = fc.constantFrom("starting", "running", "stopping", "exited");
    const sightings = fc.array(
      fc.record({
        name: names,
        installation: fc.constant("here"),
        state: states,
        providerRef: seenRefs,
      }),
    );
    fc.assert(
      fc.property(runs, sightings, (open, shown) => {
        const live = shown.filter((one) => one.state !== "exited");
        const { ended, seen, orphans } = matchRuns(open, shown as SeenRun[]);
        const placed = [...ended.map((one) => one.run), ...seen.map((one) => one.run)];
        expect(new Set(placed).size).toBe(placed.length);
        expect(orphans.length + seen.length).toBe(live.length);
        for (const one of seen) expect(one.run.name).toBe(one.sighting.name);
        // Whoever is not placed is awaited: it was never seen and may still come.
        for (const one of open.filter((each) => !placed.includes(each))) {
          expect([one.providerRef, one.isDraining]).toEqual([null, false]);
        }
      }),
    );
  });
});
