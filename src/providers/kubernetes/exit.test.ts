import type { V1ContainerStateTerminated, V1Pod, V1PodStatus } from "@kubernetes/client-node";
import { describe, expect, it } from "vitest";
import { exitOf } from "./exit.ts";

const podWith = (terminated: V1ContainerStateTerminated, status: V1PodStatus = {}): V1Pod => ({
  status: {
    ...status,
    containerStatuses: [
      {
        ...{ name: "pilotlight", image: "", imageID: "", ready: false, restartCount: 0 },
        state: { terminated },
      },
    ],
  },
});

describe("exitOf", () => {
  it.each<[V1ContainerStateTerminated, number | null, string | null]>([
    [{ exitCode: 0 }, 0, null],
    [{ exitCode: 3 }, 3, null],
    [{ exitCode: 128 }, 128, null],
    [{ exitCode: 255 }, 255, null],
    // A container runtime reports a signal as a code above 128.
    [{ exitCode: 137 }, null, "SIGKILL"],
    [{ exitCode: 143 }, null, "SIGTERM"],
    [{ exitCode: 0, signal: 9 }, null, "SIGKILL"],
    [{ exitCode: 3, signal: 0 }, 3, null],
  ])("reads %j", (terminated, code, signal) => {
    expect(exitOf(podWith(terminated), "")).toMatchObject({ code, signal });
  });

  it("knows neither code nor signal of one that never ran", () => {
    const pod = { status: { reason: "Evicted", message: "low on memory" } };
    expect(exitOf(pod, "")).toEqual({
      code: null,
      signal: null,
      logTail: "Evicted: low on memory",
    });
  });

  it("puts what the cluster says before the last words", () => {
    const conditions = [
      { type: "DisruptionTarget", status: "True", reason: "EvictionByEvictionAPI" },
    ];
    const pod = podWith({ exitCode: 137, reason: "OOMKilled" }, { conditions });
    expect(exitOf(pod, "one\ntwo\n").logTail).toBe("EvictionByEvictionAPI\nOOMKilled\none\ntwo");
  });

  it("says no more than the log of an ordinary end", () => {
    expect(exitOf(podWith({ exitCode: 3, reason: "Error" }), "words").logTail).toBe("words");
  });

  it("takes the last words from the Pod when there is no log", () => {
    const pod = podWith({ exitCode: 3, message: "kept by the node" });
    expect(exitOf(pod, "").logTail).toBe("kept by the node");
    expect(exitOf(pod, "the log").logTail).toBe("the log");
  });

  it("keeps the newest of a long log", () => {
    const { logTail } = exitOf(podWith({ exitCode: 3 }), `${"x".repeat(9_000)}end\n`);
    expect(logTail).toHaveLength(4_000);
    expect(logTail.endsWith("xend")).toBe(true);
  });
});
