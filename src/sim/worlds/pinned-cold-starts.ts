import type { ColdStarts } from "./cold-starts.ts";
import type { Distribution } from "./distribution.ts";

/**
 * Seconds to load a base model, hits and misses of the host's cache mixed: 7531 samples of one day on 105 to
 * 132 containers, as 201 quantiles. Source of the samples: alibaba/clusterdata at 7a6c496e4f4b,
 * `cluster-trace-v2026-GenAI`, base model load latency.
 */
const modelLoad: Distribution = {
  kind: "quantiles",
  values: [
    1.33, 1.47, 1.53, 1.59, 1.66, 1.75, 1.86, 1.98, 2.07, 2.17, 2.29, 2.39, 2.45, 2.49, 2.52, 2.54,
    2.56, 2.58, 2.6, 2.61, 2.63, 2.64, 2.66, 2.67, 2.69, 2.7, 2.71, 2.73, 2.74, 2.75, 2.76, 2.78,
    2.79, 2.81, 2.82, 2.83, 2.85, 2.87, 2.88, 2.9, 2.92, 2.94, 2.96, 2.98, 3, 3.02, 3.05, 3.07, 3.1,
    3.12, 3.14, 3.17, 3.21, 3.25, 3.29, 3.33, 3.38, 3.43, 3.49, 3.54, 3.64, 3.8, 3.96, 4.15, 4.38,
    4.67, 4.96, 5.28, 5.85, 6.82, 7.6, 8.63, 10.51, 12.22, 18.11, 18.83, 19.23, 19.48, 19.71, 19.89,
    20.06, 20.26, 20.41, 20.54, 20.66, 20.8, 20.93, 21.06, 21.16, 21.31, 21.43, 21.57, 21.69, 21.83,
    21.96, 22.11, 22.23, 22.37, 22.48, 22.6, 22.72, 22.82, 22.94, 23.11, 23.23, 23.37, 23.56, 23.69,
    23.85, 24.01, 24.21, 24.36, 24.54, 24.77, 24.99, 25.25, 25.55, 25.8, 26.15, 26.6, 26.91, 27.39,
    28.05, 28.46, 29.35, 30.11, 30.85, 31.52, 32.06, 32.64, 33.02, 33.44, 33.77, 34.01, 34.28,
    34.53, 34.7, 34.91, 35.06, 35.22, 35.39, 35.57, 35.68, 35.85, 36.06, 36.19, 36.34, 36.46, 36.58,
    36.76, 36.92, 37.04, 37.19, 37.37, 37.52, 37.63, 37.77, 37.91, 38, 38.15, 38.3, 38.47, 38.58,
    38.7, 38.89, 39.06, 39.22, 39.35, 39.52, 39.65, 39.82, 40.05, 40.25, 40.42, 40.63, 40.85, 41.07,
    41.31, 41.51, 41.72, 41.99, 42.24, 42.46, 42.75, 43.08, 43.37, 43.69, 44.08, 44.47, 44.99,
    45.45, 45.92, 46.42, 47.02, 47.8, 48.68, 49.42, 50.32, 51.85, 53.77, 79.44,
  ],
};

/**
 * Seconds from the creation of a pod that wants a GPU until it has a node: 6203 pods in 149 days, as 201
 * quantiles. Source of the samples: the same repository, `cluster-trace-gpu-v2023`, pod list.
 */
const schedulingDelay: Distribution = {
  kind: "quantiles",
  values: [
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2,
    2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 4, 4, 4, 5, 5, 7,
    11, 31, 32, 32, 32, 33, 33, 33, 33, 33, 33, 34, 34, 34, 34, 34, 34, 35, 35, 35, 35, 35, 35, 35,
    36, 36, 36, 36, 36, 36, 36, 37, 37, 37, 37, 38.63, 66, 67, 68, 69, 69, 70, 70, 71, 73, 101, 103,
    104, 105, 106, 108, 137, 139, 140, 141, 172, 174, 176, 206, 210, 219.88, 244, 276.9, 281, 315,
    351.93, 416.94, 484.95, 590.92, 701.94, 1108.78, 1847.24, 14330,
  ],
};

const recorded = [schedulingDelay, modelLoad];

/**
 * A start waits for its machine and then loads its model, each as recorded elsewhere, independently:
 * half of all starts take less than 40 s, one in twenty more than five minutes. Pinned, so that figures can
 * be repeated; the recordings themselves are not ours to ship.
 */
export const recordedColdStarts: ColdStarts = {
  name: "recorded",
  pools: { vision: recorded, text: recorded, shared: recorded },
  failing: 0,
  lostPerHour: 0,
};
