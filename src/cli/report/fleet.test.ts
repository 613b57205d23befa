import picocolors from "picocolors";
import { expect, it } from "vitest";
import {
  fleetView,
  localReplica,
  poolView,
  replicaView,
} from "../../../test/support/fleet-view.ts";
import type { Style } from "../style.ts";
import { widthOf } from "../text.ts";
import { type FleetTextOptions, fleetText } from "./fleet.ts";
import { ageText, machineText, priceText, pullText, usdText } from "./machine.ts";

const style: Style = { colors: picocolors.createColors(false), unicode: true };
const nowMs = Date.parse("2026-11-23T12:07:20.000Z");
const options = (own: Partial<FleetTextOptions> = {}): FleetTextOptions => ({
  ...{ utc: true, columns: 80, nowMs, all: false },
  ...own,
});

const busy = fleetView({
  pools: [
    poolView({
      paused: { since: "2026-11-23T12:00:00.000Z", reason: "new driver" },
      extra: [
        { since: "2026-11-23T12:00:00.000Z", until: "2026-11-23T12:30:00.000Z" },
        { since: "2026-11-23T12:00:00.000Z", until: null },
      ],
    }),
    poolView({ pool: "text", running: 1, wanted: 0, ready: 0, leased: 0 }),
  ],
  replicas: [
    replicaView(),
    replicaView({
      ...{ name: "vision-2", phase: "pulling_model", leases: 0, slots: 0, costUsd: 0.004 },
      since: "2026-11-23T12:07:00.000Z",
      note: "pulling llava:13b, 3.1 of 8.0 GB",
      pull: { doneBytes: 3.1e9, totalBytes: 8e9 },
      trouble: "ImagePullBackOff: back-off pulling image",
    }),
    localReplica({ leases: 0 }),
    replicaView({ name: "vision-3", phase: "stopped" }),
  ],
  providers: [
    {
      ...{ name: "verda", kind: "verda", ok: false, detail: "503 Service Unavailable" },
      ...{ seenAt: "2026-11-23T12:04:20.000Z", foreign: ["pl-other-vision-1"] },
    },
    { name: "local", kind: "local", ok: true, detail: null, seenAt: null, foreign: [] },
  ],
  usdPerHour: 1.5,
});

it("shows pools, replicas and the provider that does not answer within 80 columns", () => {
  const text = fleetText(busy, style, options());
  expect(text).toBe(`home  policy reference, split pools
Cost        $1.50 an hour now
Ceiling     $6.00 an hour, 3 of 8 replicas

POOL     RUNNING WANTED BOUNDS    TASKS
vision   1       1      0 to 2    1 running, 4 waiting
    paused since 12:00:00Z: new driver
    1 more asked for, until 12:30:00Z
    1 more asked for, until it is resumed
text     1       0      0 to 2    none

REPLICA  PHASE         SINCE  WORK  COST      MACHINE
vision-1 ready         3 min  1/2   $0.13     L40S spot FIN-03 $0.75/h, verda
vision-2 pulling model 20 s   -     <$0.01    L40S spot FIN-03 $0.75/h, verda
    pulling llava:13b, 3.1 of 8.0 GB
    trouble: ImagePullBackOff: back-off pulling image
text-1   ready         3 min  0/2   -         CPU, local

PROVIDER KIND       STATE
verda    verda      does not answer, seen 3 min ago
    503 Service Unavailable
    not ours, left alone: pl-other-vision-1

1 stopped: --all shows them.`);
  for (const line of text.split("\n")) expect(widthOf(line)).toBeLessThanOrEqual(80);
});

it("shows what has ended and every provider when asked for all", () => {
  const text = fleetText(busy, style, options({ all: true }));
  expect(text).toContain("vision-3 stopped");
  expect(text).toContain("local    local      answers, never seen");
  expect(text).not.toContain("--all shows them");
});

it("cuts a long machine on a terminal only", () => {
  const machine = { gpu: "RTX PRO 6000 BLACKWELL", gpus: 8, region: "FIN-03", spot: true };
  const fleet = fleetView({ replicas: [replicaView({ machine: { ...machine, usdPerHour: 9 } })] });
  const lineOf = (columns: number | null): string =>
    fleetText(fleet, style, options({ columns }))
      .split("\n")
      .find((line) => line.startsWith("vision-1")) ?? "";
  expect(lineOf(null)).toContain("8 x RTX PRO 6000 BLACKWELL spot FIN-03 $9.00/h, verda");
  expect(widthOf(lineOf(80))).toBe(80);
});

it("keeps a failed replica in sight, with its reason", () => {
  const failed = replicaView({ phase: "failed", reason: "no heartbeat for 5 min" });
  const text = fleetText(fleetView({ replicas: [failed] }), style, options());
  expect(text).toContain("failed");
  expect(text).toContain("    no heartbeat for 5 min");
});

it("says that something has no price, and that nothing runs", () => {
  const unpriced = replicaView({ machine: { ...replicaView().machine, usdPerHour: "unpriced" } });
  const fleet = fleetView({ replicas: [unpriced], usdPerHour: 0 });
  expect(fleetText(fleet, style, options())).toContain(
    "$0.00 an hour now, and 1 without a known price",
  );
  expect(fleetText(fleetView({ replicas: [] }), style, options())).toContain("Nothing is running.");
});

it("lets no text from outside drive the terminal", () => {
  const fleet = fleetView({ replicas: [replicaView({ trouble: "\u001b[2Jgone\nnew line" })] });
  const text = fleetText(fleet, style, options());
  expect(text).not.toContain("\u001b");
  expect(text).toContain("trouble: [2Jgone new line");
});

it("counts only what may be stopped against the ceiling", () => {
  const fixed = replicaView({ name: "vision-2", isFixed: true });
  const text = fleetText(
    fleetView({ replicas: [replicaView(), fixed] }),
    style,
    options({ columns: null }),
  );
  expect(text).toContain("1 of 8 replicas");
  expect(text).toContain("verda, fixed");
});

it("says a machine, a price and an amount as short as it can", () => {
  const { machine } = replicaView();
  expect(machineText({ ...machine, gpus: 2, spot: false, region: null })).toBe("2 x L40S $0.75/h");
  expect(machineText({ ...machine, usdPerHour: "unpriced" })).toBe("L40S spot FIN-03 unpriced");
  expect(machineText(localReplica().machine)).toBe("CPU");
  expect(priceText({ usdPerHour: 0.0487 })).toBe("$0.049/h");
  expect([0, 0.004, 0.125, 1234.5].map(usdText)).toEqual([
    ...["$0.00", "<$0.01", "$0.13", "$1,234.50"],
  ]);
  expect(pullText({ doneBytes: 50_000_000, totalBytes: 800_000_000 })).toBe("50.0 of 800.0 MB");
});

it.each([
  ["2026-11-23T12:07:25.000Z", "0 s"],
  ["2026-11-23T12:06:21.000Z", "59 s"],
  ["2026-11-23T11:07:21.000Z", "59 min"],
  ["2026-11-22T11:00:00.000Z", "25 h"],
  ["2026-11-20T12:00:00.000Z", "3 d"],
])("an age since %s is %s", (iso, text) => {
  expect(ageText(iso, nowMs)).toBe(text);
});
