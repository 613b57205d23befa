import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffFleet, type SeenReplica } from "./diff.ts";

const names = ["pl-a-vision-1", "pl-a-vision-2", "pl-a-text-1", "pl-a-text-2", "pl-a-text-3"];
const wantedSets = fc
  .uniqueArray(fc.constantFrom(...names))
  .map((set) => set.map((name) => ({ name })));
const states = fc.constantFrom(
  "starting" as const,
  "running" as const,
  "stopping" as const,
  "exited" as const,
);
/** At most one sighting a name for ours; strangers may carry any name at all. */
const fleets = fc
  .tuple(
    fc.uniqueArray(fc.record({ name: fc.constantFrom(...names), state: states }), {
      selector: (seen) => seen.name,
    }),
    fc.array(fc.record({ name: fc.constantFrom(...names, "pl-b-vision-1"), state: states })),
  )
  .map(([ours, strangers]): SeenReplica[] => [
    ...ours.map((seen) => ({ ...seen, installation: "a" })),
    ...strangers.map((seen) => ({ ...seen, installation: "b" })),
  ]);

function apply(fleet: readonly SeenReplica[], wanted: readonly { name: string }[]): SeenReplica[] {
  const after = fleet.filter((seen) => seen.installation !== "a" || seen.state !== "exited");
  for (const action of diffFleet("a", wanted, fleet)) {
    const { name } = action.replica;
    const at = after.findIndex((seen) => seen.installation === "a" && seen.name === name);
    if (action.action === "stop") after.splice(at, 1);
    else after.push({ name, installation: "a", state: "running" });
  }
  return after;
}

/** Time passes: what is stopping ends. */
const settle = (fleet: readonly SeenReplica[]) =>
  fleet.filter((seen) => seen.installation !== "a" || seen.state !== "stopping");

const ours = (fleet: readonly SeenReplica[]) =>
  fleet
    .filter((seen) => seen.installation === "a")
    .map((seen) => seen.name)
    .sort();

describe("diffFleet", () => {
  it("starts what is missing, stops what is not wanted, stops first", () => {
    const seen = [{ name: "pl-a-text-1", installation: "a", state: "running" as const }];
    expect(diffFleet("a", [{ name: "pl-a-vision-1" }], seen)).toEqual([
      { action: "stop", replica: seen[0] },
      { action: "start", replica: { name: "pl-a-vision-1" } },
    ]);
  });

  it("lets a stopping replica end before it starts it again", () => {
    const seen = { name: "pl-a-text-1", installation: "a" };
    const wanted = [{ name: "pl-a-text-1" }];
    expect(diffFleet("a", wanted, [{ ...seen, state: "stopping" }])).toEqual([]);
    expect(diffFleet("a", wanted, [{ ...seen, state: "exited" }])).toHaveLength(1);
    expect(diffFleet("a", [], [{ ...seen, state: "stopping" }])).toEqual([]);
  });

  it("takes a running sighting over an exited one of the same name", () => {
    const seen = { name: "pl-a-text-1", installation: "a" };
    const both = [
      { ...seen, state: "exited" as const },
      { ...seen, state: "running" as const },
    ];
    expect(diffFleet("a", [{ name: "pl-a-text-1" }], both)).toEqual([]);
  });

  it("reaches what is wanted, and has nothing to do then", () => {
    fc.assert(
      fc.property(wantedSets, fleets, (wanted, fleet) => {
        const reached = apply(settle(apply(fleet, wanted)), wanted);
        expect(ours(reached)).toEqual(wanted.map((replica) => replica.name).sort());
        expect(diffFleet("a", wanted, reached)).toEqual([]);
      }),
    );
  });

  it("never touches another installation, and never counts its replicas", () => {
    fc.assert(
      fc.property(wantedSets, fleets, (wanted, fleet) => {
        const own = fleet.filter((seen) => seen.installation === "a");
        const actions = diffFleet("a", wanted, fleet);
        expect(actions).toEqual(diffFleet("a", wanted, own));
        for (const action of actions) {
          if (action.action === "stop") expect(action.replica.installation).toBe("a");
        }
      }),
    );
  });
});
