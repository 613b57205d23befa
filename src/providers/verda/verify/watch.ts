import type { Lifetime } from "../../../core/cost/spending.ts";
import { AppError } from "../../../errors/app-error.ts";
import type { ReplicaAnswer } from "../schemas.ts";
import type { Asking } from "./parts.ts";

/** One look at the deployment. */
export interface Sample {
  readonly atMs: number;
  readonly status: string | null;
  /** null: there is no such deployment. */
  readonly replicas: readonly ReplicaAnswer[] | null;
}

/** Looks at one deployment, and remembers which words and which replicas it saw. */
export interface Watch {
  look(): Promise<Sample>;
  /** Looks until it holds, or null after so long. A call that fails is made again. Throws the signal's reason. */
  until(
    holds: (sample: Sample) => boolean | Promise<boolean>,
    limitMs: number,
    signal?: AbortSignal,
  ): Promise<Sample | null>;
  /** A replica each, from its first sight to the first look without it. */
  lives(): readonly Lifetime[];
}

const everyMs = 2_000;

export function createWatch(asking: Asking, name: string): Watch {
  const { api, clock, notebook } = asking;
  const words = { deployment: new Set<string>(), replica: new Set<string>() };
  const lives = new Map<string, { fromMs: number; untilMs: number; isOver: boolean }>();

  const remember = ({ atMs, status, replicas }: Sample): void => {
    if (status !== null) words.deployment.add(status);
    for (const { id, status: word } of replicas ?? []) {
      if (word != null) words.replica.add(word);
      if (!lives.has(id)) lives.set(id, { fromMs: atMs, untilMs: atMs, isOver: false });
    }
    for (const [id, life] of lives) {
      if (life.isOver) continue;
      life.untilMs = atMs;
      life.isOver = !(replicas ?? []).some((replica) => replica.id === id);
    }
    tell(notebook, "deployment_words", words.deployment, knownWords.deployment);
    tell(notebook, "replica_words", words.replica, knownWords.replica);
  };
  const look = async (): Promise<Sample> => {
    const replicas = await api.replicas(name);
    const status = await api.status(name);
    const sample = { atMs: clock.nowMs(), status, replicas };
    remember(sample);
    return sample;
  };
  return {
    look,
    async until(holds, limitMs, signal = asking.signal) {
      const endMs = clock.nowMs() + limitMs;
      for (;;) {
        signal.throwIfAborted();
        const sample = await orNothing(look());
        if (sample !== null && (await holds(sample))) return sample;
        if (clock.nowMs() >= endMs) return null;
        await asking.pause(everyMs, signal);
      }
    },
    lives: () => [...lives.values()],
  };
}

const knownWords = {
  deployment: [
    ...["initializing", "healthy", "degraded", "unhealthy", "paused", "quota_reached"],
    ...["image_pulling", "updating", "version_updating", "terminating"],
  ],
  replica: ["unavailable", "initializing", "running", "terminating", "error", "imagepulling"],
};

function tell(
  notebook: Asking["notebook"],
  fact: "deployment_words" | "replica_words",
  seen: ReadonlySet<string>,
  known: readonly string[],
): void {
  if (seen.size === 0) return;
  const strange = [...seen].filter((word) => !known.includes(word));
  const evidence =
    strange.length === 0
      ? "all of them are known words"
      : `not told of anywhere: ${strange.join(", ")}`;
  notebook.settle(fact, [...seen].toSorted(), evidence);
}

/** The answer, or null where none came that can be used. */
async function orNothing<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof AppError && maySucceedLater.includes(error.code)) return null;
    throw error;
  }
}

const maySucceedLater: readonly string[] = ["PROVIDER_UNREACHABLE", "PROVIDER_RATE_LIMITED"];
