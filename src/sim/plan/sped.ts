import type { Distribution } from "../worlds/distribution.ts";
import type { ServiceTimes, TaskTime } from "../worlds/service-times.ts";

/** The same work on a machine that is so many times as fast. */
export function sped(service: ServiceTimes, speed: number): ServiceTimes {
  if (speed === 1) return service;
  const { slideSeconds, tasks } = service;
  return {
    ...service,
    slideSeconds: { ...slideSeconds, median: slideSeconds.median / speed },
    tasks: Object.fromEntries(
      Object.entries(tasks).map(([name, time]) => [name, spedTime(time, speed)]),
    ),
  };
}

/** A multiple of visual analysis has become faster with it. */
const spedTime = (time: TaskTime, speed: number): TaskTime =>
  time.kind === "of-visual" ? time : divided(time, speed);

function divided(time: Distribution, by: number): Distribution {
  if (time.kind === "quantiles") return { ...time, values: time.values.map((value) => value / by) };
  const { median, min, max } = time;
  return { ...time, median: median / by, min: min / by, max: max / by };
}
