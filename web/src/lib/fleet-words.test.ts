import { describe, expect, it } from "vitest";
import { fleetView, localReplica, replicaView } from "../../../test/support/fleet-view.ts";
import {
  ceilingWords,
  extraWords,
  inputRows,
  machineWords,
  priceWords,
  pullWords,
  startSteps,
  unpricedWords,
  usdWords,
} from "./fleet-words.ts";

describe("machines and money", () => {
  it("names a machine by what it is and where", () => {
    const { machine } = replicaView();
    expect(machineWords(machine)).toBe("L40S, spot, FIN-03");
    expect(machineWords({ ...machine, gpus: 8, spot: false, region: null })).toBe("8 x L40S");
    expect(machineWords(localReplica().machine)).toBe("CPU");
  });
  it("tells a price, that there is none, and that nobody knows it", () => {
    expect(
      [0.75, 0.0487, null, "unpriced" as const].map((usdPerHour) => priceWords({ usdPerHour })),
    ).toEqual([...["$0.75 an hour", "$0.049 an hour", null, "price unknown"]]);
  });
  it("never rounds a cost away", () => {
    expect([0, 0.002, 0.125, 1234].map(usdWords)).toEqual([
      ...["$0.00", "under $0.01", "$0.13", "$1,234.00"],
    ]);
  });
  it("tells a pull in units of its own", () => {
    expect(pullWords({ doneBytes: 3_100_000_000, totalBytes: 8_000_000_000 })).toBe(
      "3.1 GB of 8.0 GB",
    );
  });
});

describe("startSteps", () => {
  const replica = replicaView({
    phase: "loading",
    since: "2026-11-23T12:00:00.000Z",
    startedBy: [
      { phase: "provisioning", seconds: 40 },
      { phase: "booting", seconds: 0 },
      { phase: "loading", seconds: 3 },
    ],
  });
  const at = (seconds: number): number => Date.parse(replica.since) + seconds * 1000;
  it("lets the phase that runs grow with the clock, and never shrink", () => {
    expect(startSteps(replica, at(9))).toEqual([
      { phase: "provisioning", seconds: 40, runs: false },
      { phase: "booting", seconds: 0, runs: false },
      { phase: "loading", seconds: 9, runs: true },
    ]);
    expect(startSteps(replica, at(-60)).at(-1)?.seconds).toBe(3);
  });
  it("stands still once it is ready", () => {
    const ready = { ...replica, phase: "ready" as const };
    expect(startSteps(ready, at(90)).map(({ seconds }) => seconds)).toEqual([40, 0, 3]);
  });
  it("leaves out what comes after the start", () => {
    const startedBy = [...replica.startedBy, { phase: "ready" as const, seconds: 500 }];
    expect(startSteps({ ...replica, phase: "ready", startedBy }, at(0))).toHaveLength(3);
  });
});

describe("the whole fleet", () => {
  const fleet = fleetView({
    replicas: [
      replicaView(),
      replicaView({ name: "vision-2", phase: "stopped" }),
      replicaView({ name: "vision-3", isFixed: true }),
      replicaView({
        name: "vision-4",
        machine: { ...replicaView().machine, usdPerHour: "unpriced" },
      }),
    ],
  });
  it("counts what runs and may be stopped against the ceiling", () => {
    expect(ceilingWords(fleet)).toBe("2 of 8 replicas");
  });
  it("says what the sum leaves out", () => {
    expect(unpricedWords(fleet)).toBe("without 1 replica of unknown price");
    expect(unpricedWords(fleetView())).toBe("");
  });
  it("tells until when more than the policy wants is kept", () => {
    const since = "2026-11-23T12:00:00.000Z";
    const extra = [
      { since, until: "2026-11-23T12:30:00.000Z" },
      { since, until: null },
    ];
    expect(extraWords({ extra }, (iso) => iso.slice(11, 16))).toEqual([
      "One more was asked for, until 12:30.",
      "One more was asked for, until the pool is resumed.",
    ]);
  });
});

it("inputs become rows, whatever their shape", () => {
  const inputs = {
    ...{ staying: 0, spot: true, refusals: [], regions: ["FIN-03", "FIN-01"] },
    candidates: [{ gpu: "L40S", why: null }, { price: { usdPerHour: 0.75 } }],
  };
  expect(inputRows(inputs)).toEqual([
    ["staying", "0"],
    ["spot", "yes"],
    ["refusals", "none"],
    ["regions", "FIN-03, FIN-01"],
    ["candidates.1.gpu", "L40S"],
    ["candidates.1.why", "none"],
    ["candidates.2.price.usdPerHour", "0.75"],
  ]);
});
