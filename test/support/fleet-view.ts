import type {
  AccuracyAnswer,
  DecisionView,
  Fleet,
  PoolView,
  ReplicaView,
  VerdictView,
} from "../../src/contract/fleet.ts";

const at = "2026-11-23T12:04:07.000Z";

/** A replica as the API answers it; whatever a test does not care about is filled in. */
export function replicaView(own: Partial<ReplicaView> = {}): ReplicaView {
  return {
    ...{ name: "vision-1", pool: "vision", provider: "verda", phase: "ready" },
    ...{ since: at, requestedAt: "2026-11-23T12:01:00.000Z", reason: null, url: null },
    engine: { name: "ollama", model: "llava:13b" },
    ...{ leases: 1, slots: 2, lastHeartbeat: at },
    machine: { gpu: "L40S", gpus: 1, region: "FIN-03", spot: true, usdPerHour: 0.75 },
    startedBy: [],
    ...{ note: null, pull: null, trouble: null, costUsd: 0.125, isFixed: false },
    ...own,
  };
}

/** A container of this machine, for which nobody charges. */
export const localReplica = (own: Partial<ReplicaView> = {}): ReplicaView =>
  replicaView({
    ...{ name: "text-1", pool: "text", provider: "local", costUsd: null },
    machine: { gpu: null, gpus: 0, region: null, spot: false, usdPerHour: null },
    ...own,
  });

export const poolView = (own: Partial<PoolView> = {}): PoolView => ({
  ...{ pool: "vision", min: 0, max: 2, running: 1, wanted: 1, ready: 4, leased: 1 },
  ...{ paused: null, extra: [] },
  ...own,
});

export const decisionView = (own: Partial<DecisionView> = {}): DecisionView => ({
  ...{ id: 412, at, pool: "vision", action: "start", replica: "vision-1", rule: "queue" },
  ...{ policy: "reference", version: "0f3c9a71", tick: 88 },
  sentence: "vision-1 started: 4 tasks wait and nothing runs",
  alternative: "wait: the next document would take 3 min longer",
  inputs: { staying: 0, coming: 0 },
  verdict: null,
  ...own,
});

export const verdictView = (own: Partial<VerdictView> = {}): VerdictView => ({
  ...{ kind: "late", seconds: 105, usd: 0, documents: 2, waitSeconds: 180 },
  sentence: "late by 1 min 45 s: 2 documents waited 3 min in sum",
  ...own,
});

export const accuracyView = (own: Partial<AccuracyAnswer> = {}): AccuracyAnswer => ({
  ...{ since: at, documents: 64, documentsMax: 20_000, isPart: false, documentsMin: 20 },
  accuracy: { hits: 48, of: 52, share: 48 / 52, low: 0.818, high: 0.9697 },
  onTime: { hits: 50, of: 64, share: 50 / 64, low: 0.6657, high: 0.865 },
  within30s: { hits: 60, of: 64, share: 60 / 64, low: 0.85, high: 0.9754 },
  meanTextWaitSeconds: 12.4,
  starts: { onTime: 20, early: 10, late: 8, unused: 1, failed: 1 },
  ...{ wastedPer100: 1.5625, wastedUsd: 0.1234, predictions: [] },
  ...own,
});

export const fleetView = (own: Partial<Fleet> = {}): Fleet => ({
  ...{ installation: "home", policy: "reference", topology: "split" },
  pools: [poolView()],
  replicas: [replicaView()],
  decisions: [],
  providers: [{ name: "verda", kind: "verda", ok: true, detail: null, seenAt: at, foreign: [] }],
  usdPerHour: 0.75,
  ceiling: { replicas: 8, usdPerHour: 6 },
  ...own,
});
