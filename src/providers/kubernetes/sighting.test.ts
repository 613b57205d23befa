import type { CoreV1Event, V1ContainerState, V1Pod, V1PodStatus } from "@kubernetes/client-node";
import { describe, expect, it } from "vitest";
import { sightingOf, stateOf, troubleOf, troublesIn } from "./sighting.ts";

const statusOf = (name: string, state: V1ContainerState) => ({
  ...{ name, image: "", imageID: "", ready: false, restartCount: 0 },
  state,
});
const own = (state: V1ContainerState) => statusOf("pilotlight", state);
const running = own({ running: { startedAt: new Date(20_000) } });
const ended = own({ terminated: { exitCode: 3 } });
const podWith = (status: V1PodStatus, metadata: V1Pod["metadata"] = {}): V1Pod => ({
  metadata: { name: "pl-abc-text-2", uid: "u1", ...metadata },
  status,
});
const deleted = { deletionTimestamp: new Date(0) };
const report = (pod: V1Pod, eventTrouble: string | null = null) =>
  sightingOf({ pod, log: "", eventTrouble });

describe("stateOf", () => {
  it.each<[string, V1Pod, string]>([
    ["no status yet", { metadata: { name: "pl-abc-text-2" } }, "starting"],
    ["Pending", podWith({ phase: "Pending" }), "starting"],
    ["Running", podWith({ phase: "Running", containerStatuses: [running] }), "running"],
    [
      "Running beside ours",
      podWith({ phase: "Running", containerStatuses: [own({ waiting: {} })] }),
      "starting",
    ],
    ["Unknown", podWith({ phase: "Unknown", containerStatuses: [running] }), "running"],
    ["deleted", podWith({ phase: "Running", containerStatuses: [running] }, deleted), "stopping"],
    ["deleted while it starts", podWith({ phase: "Pending" }, deleted), "stopping"],
    ["Failed", podWith({ phase: "Failed" }), "exited"],
    ["deleted and ended", podWith({ phase: "Succeeded" }, deleted), "exited"],
    [
      "ended, with a companion that runs on",
      podWith({ phase: "Running", containerStatuses: [statusOf("proxy", running.state), ended] }),
      "exited",
    ],
    [
      "running, with a companion that ended",
      podWith({ phase: "Running", containerStatuses: [statusOf("proxy", ended.state), running] }),
      "running",
    ],
  ])("of one that is %s", (_, pod, state) => {
    expect(stateOf(pod)).toBe(state);
  });
});

describe("troubleOf", () => {
  const waiting = (reason: string, message?: string) =>
    own({ waiting: message === undefined ? { reason } : { reason, message } });

  it.each(["ContainerCreating", "PodInitializing"])(
    "is nothing while it waits for %s",
    (reason) => {
      const pod = podWith({ phase: "Pending", containerStatuses: [waiting(reason)] });
      expect(troubleOf(pod)).toBeNull();
    },
  );

  it.each(["ImagePullBackOff", "ErrImagePull", "CreateContainerConfigError", "CrashLoopBackOff"])(
    "is what a container waits for: %s",
    (reason) => {
      const pod = podWith({ phase: "Pending", containerStatuses: [waiting(reason, "see why")] });
      expect(troubleOf(pod)).toBe(`${reason}: see why`);
      const first = podWith({ phase: "Pending", initContainerStatuses: [waiting(reason)] });
      expect(troubleOf(first)).toBe(reason);
    },
  );

  it("is that no node takes the Pod, and nothing once one has", () => {
    const scheduled = (status: string) => ({
      ...{ type: "PodScheduled", status },
      ...{ reason: "Unschedulable", message: "0/3 nodes" },
    });
    const pending = podWith({ phase: "Pending", conditions: [scheduled("False")] });
    expect(troubleOf(pending)).toBe("Unschedulable: 0/3 nodes");
    expect(troubleOf(podWith({ phase: "Pending", conditions: [scheduled("True")] }))).toBeNull();
  });

  it("is that the machine is taken away, before all else", () => {
    const conditions = [
      { type: "PodScheduled", status: "False", reason: "Unschedulable" },
      { type: "DisruptionTarget", status: "True", reason: "PreemptionByScheduler" },
    ];
    expect(troubleOf(podWith({ conditions }))).toBe("PreemptionByScheduler");
  });

  it("is that the node does not answer", () => {
    expect(troubleOf(podWith({ phase: "Unknown" }))).toBe("NodeLost");
  });
});

describe("sightingOf", () => {
  it("counts from when the node took the Pod, not from when the container ran", () => {
    const status = { phase: "Running", startTime: new Date(5_000), containerStatuses: [running] };
    expect(report(podWith(status))?.startedAtMs).toBe(5_000);
    expect(report(podWith({ phase: "Pending" }))?.startedAtMs).toBeNull();
    const broken = podWith({ phase: "Running", startTime: new Date("never") });
    expect(report(broken)?.startedAtMs).toBeNull();
  });

  it("says what a start waits for", () => {
    const conditions = [{ type: "PodScheduled", status: "True" }];
    expect(report(podWith({ phase: "Pending" }))?.phase).toBe("provisioning");
    expect(report(podWith({ phase: "Pending", conditions }))?.phase).toBe("pulling_image");
    const placed = { ...podWith({ phase: "Pending" }), spec: { containers: [], nodeName: "n" } };
    expect(report(placed)?.phase).toBe("pulling_image");
    expect(report(podWith({ phase: "Running", conditions }))?.phase).toBeNull();
  });

  it("takes the word of the events only when the Pod says nothing", () => {
    const silent = podWith({ phase: "Pending" });
    expect(report(silent, "FailedMount: no volume")?.trouble).toBe("FailedMount: no volume");
    const speaking = podWith({
      phase: "Pending",
      containerStatuses: [own({ waiting: { reason: "ErrImagePull" } })],
    });
    expect(report(speaking, "Failed: Error")?.trouble).toBe("ErrImagePull");
  });

  it("takes nothing for a replica that is not called like one", () => {
    expect(report({ metadata: { name: "pilotlight-control-7f" } })).toBeNull();
    expect(report({})).toBeNull();
  });
});

describe("troublesIn", () => {
  const event = (uid: string, reason: string, atMs: number): CoreV1Event => ({
    ...{ metadata: {}, involvedObject: { uid } },
    ...{ reason, message: "see why", lastTimestamp: new Date(atMs) },
  });

  it("keeps the newest of each Pod, whatever the order, and nothing old", () => {
    const events = [
      event("a", "Newest", 3_000),
      event("a", "Older", 2_000),
      event("b", "TooOld", 500),
    ];
    expect([...troublesIn(events, 1_000)]).toEqual([["a", "Newest: see why"]]);
    expect([...troublesIn(events.toReversed(), 1_000)]).toEqual([["a", "Newest: see why"]]);
  });
});
