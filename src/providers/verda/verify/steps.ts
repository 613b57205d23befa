import { dollars } from "../../../core/cost/money.ts";
import { overspending, worstCase } from "../../../core/cost/spending.ts";
import { AppError, failureOf } from "../../../errors/app-error.ts";
import { fullScaling } from "../wanted.ts";
import { askLimits, askMachineChange, containerBody } from "./limits.ts";
import type { Subject } from "./parts.ts";
import { type PaidStep, paidSteps, stepCost } from "./plan.ts";
import { askShapes } from "./shapes.ts";
import { standIn } from "./stand-in.ts";
import { firstStart, type Phases, startWatched } from "./start.ts";
import { pauseStubborn, stopIdle, stopStubborn } from "./stop.ts";
import type { Watch } from "./watch.ts";

/** How far the steps came. It is filled while they run, so that an end in between loses nothing. */
export interface Progress {
  /** The most that may have been spent so far. */
  spentMicroUsd: number;
  phases: Phases | null;
}

/** All that is asked of a replica, paid and free, until the money or the answers end. */
export async function runSteps(
  subject: Subject,
  watch: Watch,
  limitMicroUsd: number,
  progress: Progress,
): Promise<void> {
  const works = worksOf(subject, watch, progress);
  for (const [index, step] of paidSteps.entries()) {
    const spending = { limitMicroUsd, spentMicroUsd: progress.spentMicroUsd };
    const why = overspending(spending, stepCost(subject.rental, step));
    if (why !== null) {
      leave(subject, paidSteps.slice(index), `not asked: ${why}`);
      break;
    }
    await paid(subject, progress, step, works[step.name]);
    // One that is still there would be paid for beside the next one.
    if (((await watch.look()).replicas ?? []).length > 0) {
      leave(subject, paidSteps.slice(index + 1), "not asked: the replica before was still there");
      return;
    }
  }
  await free(subject, () => askMachineChange(subject));
}

type Work = (step: PaidStep) => Promise<void>;

function worksOf(
  subject: Subject,
  watch: Watch,
  progress: Progress,
): Readonly<Record<PaidStep["name"], Work>> {
  let idleMs: number | null = null;
  return {
    async start({ startMs, stopMs }) {
      progress.phases = await firstStart(subject, watch, startMs);
      await free(subject, () => askShapes(subject));
      idleMs = await stopIdle(subject, watch, stopMs);
      if (idleMs !== null) await free(subject, () => askLimits(subject));
    },
    async grace(step) {
      if (!(await startStandIn(subject, watch, step))) return;
      await stopStubborn(subject, watch, step.stopMs, idleMs);
    },
    async pause(step) {
      if (!(await startStandIn(subject, watch, step))) return;
      await pauseStubborn(subject, watch, step.stopMs);
    },
  };
}

/** All of a step's money is held back while it runs; afterwards what it may have used counts. */
async function paid(
  { clock, rental, say }: Subject,
  progress: Progress,
  step: PaidStep,
  work: Work,
): Promise<void> {
  const before = progress.spentMicroUsd;
  const cost = stepCost(rental, step);
  say(`To ${step.what}: at most ${dollars(cost)} ...`);
  progress.spentMicroUsd = before + cost;
  const startedMs = clock.nowMs();
  await work(step);
  progress.spentMicroUsd = before + Math.min(cost, worstCase(rental, clock.nowMs() - startedMs));
}

/** Answers whether it runs; if not, the facts of the step say why. */
async function startStandIn(subject: Subject, watch: Watch, step: PaidStep): Promise<boolean> {
  const { api, spec } = subject;
  try {
    await api.patch(spec.name, await containerBody(subject, standIn(subject.port)));
    const order = () => api.patchScaling(spec.name, fullScaling(1));
    const { runningMs } = await startWatched(
      { ...subject, isHealthy: null },
      watch,
      order,
      step.startMs,
    );
    if (runningMs !== null) return true;
    leave(subject, [step], `nothing ran after ${step.startMs / 60_000} min`);
  } catch (error) {
    leave(subject, [step], sentenceOf(error));
  }
  await api.patchScaling(spec.name, fullScaling(0));
  await watch.until(({ replicas }) => (replicas ?? []).length === 0, step.stopMs);
  return false;
}

function leave({ notebook }: Subject, steps: readonly PaidStep[], why: string): void {
  for (const fact of steps.flatMap(({ facts }) => facts)) notebook.leave(fact, why);
}

/** What costs nothing and fails leaves its questions open; what is paid for goes on. */
async function free({ say }: Subject, ask: () => Promise<void>): Promise<void> {
  try {
    await ask();
  } catch (error) {
    say(`Some questions stay open: ${sentenceOf(error)}`);
  }
}

/** Throws what is no error of the provider: a signal, a mistake of ours. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof AppError)) throw error;
  return failureOf(error).detail ?? error.message;
}
