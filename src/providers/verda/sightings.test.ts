import { describe, expect, it } from "vitest";
import { replicaName } from "../provider.ts";
import { deploymentAnswer, replicasAnswer } from "./schemas.ts";
import { sightingOf } from "./sightings.ts";

const name = replicaName("ours", "vision", 2);
const deployment = deploymentAnswer.parse({
  name,
  is_spot: true,
  compute: { name: "L40S", size: "2" },
});

function seen(
  replicas: { id: string; status: string; started_at?: string }[],
  min: number | null,
  status: string | null = null,
) {
  const scaling = min === null ? null : { min_replica_count: min };
  const { list } = replicasAnswer.parse({ list: replicas });
  return sightingOf({ deployment, replicas: list, scaling, status }, "FIN-01");
}
const at = (minute: number) => `2026-10-01T08:0${minute}:00.000Z`;

describe("a deployment of Verda as a sighting", () => {
  it.each([
    ["running", null, "running", null, null],
    ["initializing", null, "starting", "provisioning", null],
    ["unavailable", "initializing", "starting", "provisioning", null],
    ["unavailable", "unhealthy", "starting", "provisioning", "unhealthy"],
    ["defrosting", "thawing", "starting", "provisioning", null],
    ["imagepulling", null, "starting", "pulling_image", null],
    ["initializing", "image_pulling", "starting", "pulling_image", null],
    ["terminating", null, "stopping", null, null],
    ["error", null, "starting", "provisioning", "replica error"],
  ])("with a replica that is %s, as %s, is %s", (status, whole, state, phase, trouble) => {
    expect(seen([{ id: "r1", status }], 1, whole)).toMatchObject({
      name,
      installation: "ours",
      pool: "vision",
      replica: 2,
      state,
      phase,
      trouble,
      providerRef: "r1",
      machine: { gpu: "L40S", gpus: 2, region: "FIN-01", spot: true },
    });
  });

  it.each([
    [1, "initializing", "starting", null],
    [1, "quota_reached", "starting", "quota_reached"],
    [1, "terminating", "stopping", null],
    [0, "healthy", "stopping", null],
    [null, null, "stopping", null],
  ])("without a replica, min %s and %s, is %s", (min, status, state, trouble) => {
    expect(seen([], min, status)).toMatchObject({
      state,
      trouble,
      providerRef: "pending",
      startedAtMs: null,
    });
  });

  it("is nothing when it is paused without a replica", () => {
    expect(seen([], 0, "paused")).toBeNull();
    expect(seen([], 1, "paused")).toBeNull();
  });

  it("is stopping when it asks for none, even while its replica runs on", () => {
    expect(seen([{ id: "r1", status: "running" }], 0)?.state).toBe("stopping");
  });

  it("is told by its replica when it has no scaling", () => {
    expect(seen([{ id: "r1", status: "running" }], null)?.state).toBe("running");
  });

  it("shows the replica that stays, then the older one", () => {
    const old = { id: "r1", status: "terminating", started_at: at(1) };
    const next = { id: "r2", status: "running", started_at: at(2) };
    const more = { id: "r0", status: "running", started_at: at(3) };
    const all = [more, old, next];
    expect(seen(all, 1)).toMatchObject({ providerRef: "r2", startedAtMs: Date.parse(at(2)) });
    expect(seen(all.toReversed(), 1)?.providerRef).toBe("r2");
    expect(seen([old], 1)).toMatchObject({ state: "stopping", providerRef: "r1" });
  });

  it("does not start to be charged at a time that cannot be read", () => {
    expect(seen([{ id: "r1", status: "running", started_at: "soon" }], 1)?.startedAtMs).toBeNull();
  });
});
