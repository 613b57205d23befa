import type { Stage, World } from "../../src/sim/model.ts";
import type { Recording } from "../../src/sim/replay/recording.ts";
import type { History, RecordedSlides } from "../../src/sim/tune/history.ts";

const hourMs = 3_600_000;

/** What was measured, in the form that service times and cold starts are learned from. */
export function historyOf(world: World, { replicas }: Recording, { graph }: Stage): History {
  const documents = [...world.documents()];
  return {
    arrivals: documents.map(({ arrivalMs, slideMs }) => ({
      atMs: arrivalMs,
      pages: slideMs.length,
    })),
    slides: documents.map(({ slideMs }) => slidesOf(slideMs)),
    tasks: documents.flatMap(({ taskMs }) =>
      taskMs.map((ms, task) => ({ task: graph.names[task] ?? "", seconds: ms / 1000 })),
    ),
    starts: replicas.map(({ pool, requestedMs, readyMs, stoppedMs, endMs }) => ({
      pool,
      seconds: ((readyMs ?? endMs) - requestedMs) / 1000,
      isReady: readyMs !== null,
      isLost: readyMs !== null && stoppedMs === null,
      readyHours: readyMs === null ? 0 : (endMs - readyMs) / hourMs,
    })),
  };
}

function slidesOf(slideMs: readonly number[]): RecordedSlides {
  const logs = slideMs.map((ms) => Math.log(ms / 1000));
  const n = logs.length;
  const meanLn = logs.reduce((sum, ln) => sum + ln, 0) / n;
  return { n, meanLn, squaresLn: logs.reduce((sum, ln) => sum + (ln - meanLn) ** 2, 0) };
}
