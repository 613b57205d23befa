import { useEffect, useEffectEvent, useRef, useState } from "react";
import {
  differenceOf,
  type WhatIfDifference,
  type WhatIfResult,
  whatIfResult,
} from "../../../src/sim/what-if/result.ts";
import type { Plan } from "./plan.ts";
import { type Simulating, startSimulations } from "./simulate.ts";

export interface Outcome {
  readonly a: WhatIfResult;
  readonly b: WhatIfResult;
  readonly difference: WhatIfDifference;
  /** So many of the last days were played back; null: none. */
  readonly playedDays: number | null;
  /** Of which inputs. */
  readonly key: string;
}

export type Running =
  | { readonly kind: "idle" }
  /** Share of all documents that have ended, 0..1. */
  | { readonly kind: "running"; readonly share: number }
  | { readonly kind: "cancelled" }
  | { readonly kind: "failed"; readonly problem: string };

/** At most four times a second is drawn how far it is. */
const paintMs = 250;

/** Simulates a plan beside the page. The last outcome stays until there is another one. */
export function useWhatIf() {
  const [running, setRunning] = useState<Running>({ kind: "idle" });
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const current = useRef<Simulating | null>(null);
  const stop = (): void => {
    current.current?.cancel();
    current.current = null;
  };
  const leave = useEffectEvent(stop);
  useEffect(() => () => leave(), []);
  const run = (plan: Plan, key: string): void => {
    stop();
    const jobs = [...plan.a.jobs, ...plan.b.jobs];
    const all = jobs.length * plan.documents;
    let paintedAt = 0;
    setRunning({ kind: "running", share: 0 });
    const simulating = startSimulations(jobs, (documents) => {
      const now = performance.now();
      if (now - paintedAt < paintMs) return;
      paintedAt = now;
      setRunning({ kind: "running", share: documents / all });
    });
    current.current = simulating;
    simulating.runs.then(
      (runs) => {
        const half = plan.a.jobs.length;
        const [first, second] = [plan.a.setting.prices, plan.b.setting.prices];
        const a = whatIfResult(runs.slice(0, half), first);
        const b = whatIfResult(runs.slice(half), second);
        const difference = differenceOf([a, b], [first, second]);
        if (current.current !== simulating) return;
        setOutcome({ a, b, difference, playedDays: plan.playedDays, key });
        setRunning({ kind: "idle" });
      },
      (error: unknown) => {
        if (current.current !== simulating) return;
        const problem = error instanceof Error ? error.message : String(error);
        setRunning({ kind: "failed", problem });
      },
    );
  };
  const cancel = (): void => {
    stop();
    setRunning({ kind: "cancelled" });
  };
  return { running, outcome, run, cancel };
}
