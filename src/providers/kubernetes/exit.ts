import { constants } from "node:os";
import type { V1Pod } from "@kubernetes/client-node";
import type { ReplicaExit } from "../provider.ts";
import { conditionOf, ownStatus, sentence } from "./status.ts";

/** Characters of the newest output that are kept for a failure's story. */
const tailMax = 4_000;
/** A process that a signal ended is reported with this much more than the signal's number. */
const signalBase = 128;
/** Reasons that say no more than the code does. */
const plain = ["Error", "Completed"];

/**
 * How the Pod ended. Why the cluster ended it (evicted, out of memory, its node taken away) stands
 * before its last words.
 */
export function exitOf(pod: V1Pod, log: string): ReplicaExit {
  const terminated = ownStatus(pod)?.state?.terminated;
  const words = log === "" ? (terminated?.message ?? "") : log;
  const story = [...storyOf(pod), words.trimEnd().slice(-tailMax)];
  return {
    ...codeOrSignal(terminated?.exitCode, terminated?.signal),
    logTail: story.filter((part) => part !== "").join("\n"),
  };
}

function storyOf(pod: V1Pod): string[] {
  const reason = ownStatus(pod)?.state?.terminated?.reason;
  const disrupted = conditionOf(pod, "DisruptionTarget");
  return [
    pod.status?.reason === undefined ? "" : sentence(pod.status.reason, pod.status.message),
    disrupted?.status === "True" ? sentence(disrupted.reason, disrupted.message) : "",
    reason === undefined || plain.includes(reason) ? "" : reason,
  ];
}

function codeOrSignal(
  code: number | undefined,
  signal: number | undefined,
): { code: number | null; signal: string | null } {
  if (code === undefined) return { code: null, signal: null };
  const name = signalName(signal !== undefined && signal > 0 ? signal : code - signalBase);
  return name === undefined ? { code, signal: null } : { code: null, signal: name };
}

const signalName = (number: number): string | undefined =>
  Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
