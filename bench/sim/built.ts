import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as decide from "../../src/core/autoscaler/decide.ts";
import type * as memory from "../../src/core/autoscaler/memory.ts";
import type * as jit from "../../src/core/autoscaler/policies/just-in-time/policy.ts";
import type * as jitSettings from "../../src/core/autoscaler/policies/just-in-time/settings.ts";
import type * as reference from "../../src/core/autoscaler/policies/reference.ts";
import type * as settings from "../../src/core/autoscaler/settings.ts";
import type * as sim from "../../src/sim/simulate.ts";
import type * as stages from "../../src/sim/stages.ts";
import type * as arrivals from "../../src/sim/worlds/arrivals.ts";
import type * as coldStarts from "../../src/sim/worlds/cold-starts.ts";
import type * as world from "../../src/sim/worlds/create-world.ts";
import type * as service from "../../src/sim/worlds/pinned-service-times.ts";

/**
 * What is measured, as it is built and shipped: a loader that keeps the names of functions makes closures
 * several times as dear.
 * @param dist the folder of the build
 */
export async function builtFrom(dist: string) {
  const load = async <T>(path: string): Promise<T> =>
    (await import(pathToFileURL(join(dist, path)).href)) as T;
  const policies = "core/autoscaler/policies";
  return {
    ...(await load<typeof decide>("core/autoscaler/decide.js")),
    ...(await load<typeof memory>("core/autoscaler/memory.js")),
    ...(await load<typeof settings>("core/autoscaler/settings.js")),
    ...(await load<typeof reference>(`${policies}/reference.js`)),
    ...(await load<typeof jit>(`${policies}/just-in-time/policy.js`)),
    ...(await load<typeof jitSettings>(`${policies}/just-in-time/settings.js`)),
    ...(await load<typeof sim>("sim/simulate.js")),
    ...(await load<typeof stages>("sim/stages.js")),
    ...(await load<typeof arrivals>("sim/worlds/arrivals.js")),
    ...(await load<typeof coldStarts>("sim/worlds/cold-starts.js")),
    ...(await load<typeof world>("sim/worlds/create-world.js")),
    ...(await load<typeof service>("sim/worlds/pinned-service-times.js")),
  };
}

export type Built = Awaited<ReturnType<typeof builtFrom>>;
