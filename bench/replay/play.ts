import type { PolicyBase } from "../../src/core/autoscaler/policies/base.ts";
import { policyNamed } from "../../src/core/autoscaler/policies/registry.ts";
import type { ScalingSettings } from "../../src/core/autoscaler/settings.ts";
import { prdPriceBook, priceIn } from "../../src/core/cost/price-books.ts";
import type { DocumentOutcome, ReplicaLife, Stage, World } from "../../src/sim/model.ts";
import type { Played } from "../../src/sim/replay/compare.ts";
import { recordedStage } from "../../src/sim/replay/recorded-stage.ts";
import { recordedWorld } from "../../src/sim/replay/recorded-world.ts";
import type { Recording } from "../../src/sim/replay/recording.ts";
import { simulate } from "../../src/sim/simulate.ts";
import { pitchDeckStage } from "../../src/sim/stages.ts";

export interface Simulated {
  readonly world: World;
  readonly stage: Stage;
  /** In order of arrival. */
  readonly outcomes: readonly DocumentOutcome[];
  readonly lives: readonly ReplicaLife[];
}

/** Plays a recording through the simulator with the policy and the settings that it was made with. */
export function play(recording: Recording, scaling: ScalingSettings, policy: string): Simulated {
  const base = baseOf(scaling);
  const named = policyNamed(policy, base);
  if ("problem" in named) throw new Error(`${named.problem} ${named.next}`);
  const stage = recordedStage(pitchDeckStage(base.scaling, base.topology), recording);
  const world = recordedWorld(recording, stage);
  const outcomes: DocumentOutcome[] = [];
  const lives: ReplicaLife[] = [];
  simulate({
    world,
    stage,
    policy: named.policy,
    observer: {
      onDocument: (outcome) => outcomes.push(outcome),
      onReplica: (life) => lives.push(life),
    },
    check: true,
    windDown: true,
  });
  return { world, stage, outcomes: outcomes.toSorted((a, b) => a.id - b.id), lives };
}

export const playedBy = ({ outcomes, lives }: Simulated): Played => ({
  completionMs: outcomes.map(({ arrivalMs, endMs }) => endMs - arrivalMs),
  lives: lives.map(({ pool, requestedMs, endMs }) => ({ pool, ms: endMs - requestedMs })),
});

function baseOf({ vision, text, ...rest }: ScalingSettings): PolicyBase {
  // A simulated start is one stretch, so phases have no deadlines of their own.
  const whole = ({ phaseDeadlines: _, ...pool }: ScalingSettings["vision"]) => pool;
  const prices = ["vision", "text"].flatMap((pool) => {
    const price = priceIn(prdPriceBook, { pool, gpu: null, spot: false });
    return price === "unpriced" ? [] : [[pool, price] as const];
  });
  return {
    scaling: { ...rest, vision: whole(vision), text: whole(text) },
    topology: "split",
    microUsdPerHour: Object.fromEntries(prices),
    quantumMs: prdPriceBook.quantumMs,
  };
}
