import type { SimDocument, World } from "../model.ts";
import { pitchDeckGraph, visualTask } from "../stages.ts";
import { streamOf } from "./chance.ts";
import { type ColdStarts, startsOf } from "./cold-starts.ts";
import { type ServiceTimes, slidesOf, taskMsOf } from "./service-times.ts";

export interface WorldParts {
  readonly name: string;
  /** Milliseconds from the start, ascending; gone through once for each simulation. */
  readonly arrivalsMs: Iterable<number>;
  readonly service: ServiceTimes;
  readonly coldStarts: ColdStarts;
  readonly seed: number;
}

/** Traffic and machines for the pitch deck's pipeline. All chance comes from the seed. */
export function createWorld({ name, arrivalsMs, service, coldStarts, seed }: WorldParts): World {
  return {
    name,
    *documents() {
      const stream = streamOf(seed);
      let id = 0;
      for (const arrivalMs of arrivalsMs) {
        stream.seek(id, 0);
        yield documentOf(id, arrivalMs);
        id += 1;
      }
      function documentOf(id: number, arrivalMs: number): SimDocument {
        const slideMs = slidesOf(service, stream);
        let visualMs = 0;
        for (const ms of slideMs) visualMs += ms;
        const taskMs = pitchDeckGraph.names.map((task) =>
          task === visualTask ? visualMs : taskMsOf(service, task, visualMs, stream),
        );
        return { id, arrivalMs, slideMs, taskMs };
      }
    },
    start: startsOf(coldStarts, seed),
  };
}
