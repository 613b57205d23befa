import { type CatalogueEntry, grid, option } from "./entry.ts";
import { hybridHistogramDefaults, hybridHistogramPolicy } from "./hybrid-histogram.ts";
import { kedaDefaults, kedaPolicy } from "./keda.ts";
import { knativeDefaults, knativePolicy } from "./knative.ts";
import { rayServeDefaults, rayServePolicy } from "./ray-serve.ts";
import { runpodDefaults, runpodPolicy } from "./runpod.ts";
import { verdaLoadDefaults, verdaLoadPolicy } from "./verda-load.ts";

const kedaEntry: CatalogueEntry = {
  name: "keda",
  what: "KEDA with the HPA of Kubernetes, on the length of a pool's queue",
  options: [
    option("polling", "duration", "30s", "between two looks of KEDA, which starts from 0", 1_000),
    option("cooldown", "duration", "300s", "from the last look that saw work to 0 replicas"),
    option("activation", "whole number", "0", "more tasks than this start the first replica"),
    option(
      "target",
      "number",
      null,
      "tasks a replica; without it, as many as it does at once",
      0.01,
    ),
    option("sync", "duration", "15s", "between two looks of the HPA, which adds replicas", 1_000),
    option("tolerance", "share", "0.1", "by how much the target may be missed"),
    option("stabilisation", "duration", "300s", "how long the HPA remembers that it wanted more"),
  ],
  tuned: grid("keda", "cooldown"),
  make: (base, values) =>
    kedaPolicy(base, {
      pollingMs: values.polling ?? kedaDefaults.pollingMs,
      cooldownMs: values.cooldown ?? kedaDefaults.cooldownMs,
      activation: values.activation ?? kedaDefaults.activation,
      target: values.target ?? kedaDefaults.target,
      syncMs: values.sync ?? kedaDefaults.syncMs,
      tolerance: values.tolerance ?? kedaDefaults.tolerance,
      stabilisationMs: values.stabilisation ?? kedaDefaults.stabilisationMs,
    }),
};

const knativeEntry: CatalogueEntry = {
  name: "knative",
  what: "Knative's pod autoscaler, on mean concurrency over 60 s and 6 s",
  options: [
    option(
      "concurrency",
      "number",
      null,
      "of a container; without it, as it works on at once",
      0.01,
    ),
    option("utilisation", "share", "0.7", "of the concurrency that it aims at", 0.01),
    option("stable-window", "duration", "60s", "of the mean", 2_000),
    option("panic-window", "share", "0.1", "of the stable window, for the mean in a burst", 0.01),
    option("panic-threshold", "number", "2", "times what runs, and it panics: up only", 0.01),
    option("up-rate", "number", "1000", "the most in one step, times what runs", 1),
    option("down-rate", "number", "2", "the least in one step is what runs, over this", 1),
    option("grace", "duration", "30s", "from no wish for a replica to 0"),
    option("retention", "duration", "0s", "the same, where it is longer"),
    option("down-delay", "duration", "0s", "how long it keeps what it once wanted"),
  ],
  tuned: grid("knative", "retention"),
  make: (base, values) =>
    knativePolicy(base, {
      concurrency: values.concurrency ?? knativeDefaults.concurrency,
      utilisation: values.utilisation ?? knativeDefaults.utilisation,
      stableMs: values["stable-window"] ?? knativeDefaults.stableMs,
      panicShare: values["panic-window"] ?? knativeDefaults.panicShare,
      panicThreshold: values["panic-threshold"] ?? knativeDefaults.panicThreshold,
      upRate: values["up-rate"] ?? knativeDefaults.upRate,
      downRate: values["down-rate"] ?? knativeDefaults.downRate,
      graceMs: values.grace ?? knativeDefaults.graceMs,
      retentionMs: values.retention ?? knativeDefaults.retentionMs,
      downDelayMs: values["down-delay"] ?? knativeDefaults.downDelayMs,
    }),
};

const rayServeEntry: CatalogueEntry = {
  name: "ray-serve",
  what: "Ray Serve, on its mean number of ongoing requests over 30 s",
  options: [
    option("target", "number", "2", "ongoing tasks a replica", 0.01),
    option("upscale-delay", "duration", "30s", "of nothing but decisions for more"),
    option("downscale-delay", "duration", "600s", "of nothing but decisions for fewer"),
    option("to-zero-delay", "duration", null, "from 1 to 0; without it, as for fewer"),
    option("look-back", "duration", "30s", "of the mean", 1_000),
    option("push", "duration", "10s", "between two figures", 1_000),
    option("up-factor", "number", "1", "how much of what is missing is added", 0.01),
    option("down-factor", "number", "1", "how much of what is too many is taken away", 0.01),
  ],
  tuned: grid("ray-serve", "downscale-delay"),
  make: (base, values) =>
    rayServePolicy(base, {
      target: values.target ?? rayServeDefaults.target,
      upscaleDelayMs: values["upscale-delay"] ?? rayServeDefaults.upscaleDelayMs,
      downscaleDelayMs: values["downscale-delay"] ?? rayServeDefaults.downscaleDelayMs,
      downscaleToZeroDelayMs: values["to-zero-delay"] ?? rayServeDefaults.downscaleToZeroDelayMs,
      lookBackMs: values["look-back"] ?? rayServeDefaults.lookBackMs,
      pushMs: values.push ?? rayServeDefaults.pushMs,
      upscalingFactor: values["up-factor"] ?? rayServeDefaults.upscalingFactor,
      downscalingFactor: values["down-factor"] ?? rayServeDefaults.downscalingFactor,
    }),
};

const runpodEntry: CatalogueEntry = {
  name: "runpod",
  what: "RunPod's queue delay: a worker for what has waited 4 s, stopped after 5 idle seconds",
  options: [
    option("delay", "duration", "4s", "of waiting, after which a worker is added", 1_000),
    option("idle", "duration", "5s", "after which an idle worker is stopped"),
  ],
  tuned: grid("runpod", "idle"),
  make: (base, values) =>
    runpodPolicy(base, {
      idleMs: values.idle ?? runpodDefaults.idleMs,
      scaling: { kind: "queue-delay", delayMs: values.delay ?? runpodDefaults.delayMs },
    }),
};

const runpodCountEntry: CatalogueEntry = {
  name: "runpod-request-count",
  what: "RunPod's request count: a worker for so many requests",
  options: [
    option("per-worker", "number", "1", "tasks, waiting or running, a worker", 0.01),
    option("idle", "duration", "5s", "after which an idle worker is stopped"),
  ],
  tuned: grid("runpod-request-count", "idle"),
  make: (base, values) =>
    runpodPolicy(base, {
      idleMs: values.idle ?? runpodDefaults.idleMs,
      scaling: {
        kind: "request-count",
        perWorker: values["per-worker"] ?? runpodDefaults.perWorker,
      },
    }),
};

const verdaLoadEntry: CatalogueEntry = {
  name: "verda-load",
  what: "Verda's own scaling by the tasks that wait for each replica",
  options: [
    option("threshold", "number", "3", "tasks that may wait for each replica"),
    option("up-delay", "duration", "0s", "over the threshold, after which one is added"),
    option("down-delay", "duration", "300s", "not over it, after which one is taken away"),
  ],
  tuned: grid("verda-load", "down-delay"),
  make: (base, values) =>
    verdaLoadPolicy(base, {
      threshold: values.threshold ?? verdaLoadDefaults.threshold,
      upDelayMs: values["up-delay"] ?? verdaLoadDefaults.upDelayMs,
      downDelayMs: values["down-delay"] ?? verdaLoadDefaults.downDelayMs,
    }),
};

const hybridHistogramEntry: CatalogueEntry = {
  name: "hybrid-histogram",
  what: "keep-alive from a histogram of idle times (Serverless in the Wild); starts as the reference",
  options: [
    option("range", "duration", "4h", "of idle times that count", 60_000),
    option("bin", "duration", "60s", "of the histogram", 10_000),
    option("head", "share", "0.05", "quantile of idle times before which none is there"),
    option("tail", "share", "0.99", "quantile of idle times until which one is there"),
    option("margin", "share", "0.1", "around both"),
    option("variation", "number", "2", "of the bins, below which it keeps for the whole range"),
    option("outside", "share", "0.5", "of idle times beyond the range, from which it forecasts"),
    option("forecast-margin", "share", "0.15", "around the forecast"),
  ],
  tuned: grid("hybrid-histogram", "range", ["10m", "20m", "30m", "1h", "2h", "4h"]),
  make: (base, values) =>
    hybridHistogramPolicy(base, {
      binMs: values.bin ?? hybridHistogramDefaults.binMs,
      rangeMs: values.range ?? hybridHistogramDefaults.rangeMs,
      head: values.head ?? hybridHistogramDefaults.head,
      tail: values.tail ?? hybridHistogramDefaults.tail,
      margin: values.margin ?? hybridHistogramDefaults.margin,
      variationMin: values.variation ?? hybridHistogramDefaults.variationMin,
      outsideMax: values.outside ?? hybridHistogramDefaults.outsideMax,
      forecastMargin: values["forecast-margin"] ?? hybridHistogramDefaults.forecastMargin,
    }),
};

/** The autoscalers of others, with the defaults they come with. */
export const products: readonly CatalogueEntry[] = [
  kedaEntry,
  knativeEntry,
  rayServeEntry,
  runpodEntry,
  runpodCountEntry,
  verdaLoadEntry,
  hybridHistogramEntry,
];
