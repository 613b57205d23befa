import type { ModelUsage } from "../contract/common.ts";
import type { Answer, Engine } from "./engines/engine.ts";

/**
 * The same engine, counting what one attempt asks of its model server: answers that were not used too,
 * since they cost as much; not the calls that failed, of which nothing is known. Null: none was asked.
 */
export function metered(engine: Engine): {
  readonly engine: Engine;
  usage(): ModelUsage | null;
} {
  const answers: Answer[] = [];
  const counted = async (asked: Promise<Answer>): Promise<Answer> => {
    const answer = await asked;
    if (answer.calls !== undefined) answers.push(answer);
    return answer;
  };
  return {
    engine: {
      ...engine,
      see: (request, signal) => counted(engine.see(request, signal)),
      think: (request, signal) => counted(engine.think(request, signal)),
    },
    usage() {
      if (answers.length === 0) return null;
      const ms = answers.reduce((sum, { timings }) => sum + (timings?.totalMs ?? 0), 0);
      return {
        calls: answers.reduce((sum, { calls }) => sum + (calls ?? 0), 0),
        promptTokens: total(answers.map(({ promptTokens }) => promptTokens)),
        outputTokens: total(answers.map(({ outputTokens }) => outputTokens)),
        seconds: Math.round(ms) / 1000,
      };
    },
  };
}

/** One unknown count makes the sum unknown. */
const total = (counts: readonly (number | null)[]): number | null =>
  counts.reduce<number | null>(
    (sum, count) => (sum === null || count === null ? null : sum + count),
    0,
  );
