import type { Decision, PoolLimits } from "../../core/autoscaler/decision.ts";
import type { Fact } from "../../core/autoscaler/facts.ts";
import type { ScalerState } from "../../core/autoscaler/memory.ts";
import type { Scene } from "../engine/scene.ts";
import type { Observer, ReplicaLife } from "../model.ts";
import { chargesAddUp, everyDocumentEnds, type FinalInvariant, ledgerIsTheLives } from "./final.ts";
import {
  busyAreNotStopped,
  containersNotOverfull,
  demandIsCounted,
  dependenciesFirst,
  factsInOrder,
  finishedIsNotRepeated,
  type Invariant,
  nobodyIdlesBesideWork,
  noNameTwice,
  oneLiveLeaseATask,
  percentNow,
  progressNeverFalls,
  replicasWithinBounds,
} from "./invariants.ts";
import type { Snapshot } from "./view.ts";

/** What must hold at the end of every instant. */
export const invariants = {
  oneLiveLeaseATask,
  dependenciesFirst,
  replicasWithinBounds,
  noNameTwice,
  busyAreNotStopped,
  containersNotOverfull,
  finishedIsNotRepeated,
  progressNeverFalls,
  demandIsCounted,
  nobodyIdlesBesideWork,
  factsInOrder,
} as const satisfies Readonly<Record<string, Invariant>>;

/** What must hold when all is over. */
export const finalInvariants = {
  everyDocumentEnds,
  ledgerIsTheLives,
  chargesAddUp,
} as const satisfies Readonly<Record<string, FinalInvariant>>;

/** Holds what the simulation does against what must always be so. */
export interface Checks {
  /** Passes on what is told, and notes it. */
  readonly observer: Observer;
  accepted(): void;
  /** Before time goes on: how long replicas have existed and worked until `nowMs`. */
  timePasses(scene: Scene, nowMs: number): void;
  /** Before decisions are carried out. */
  decided(scene: Scene, facts: readonly Fact[]): void;
  /** Throws Error with what happened before where an invariant is broken. */
  instant(scene: Scene, decisions: readonly Decision[], state: ScalerState): void;
  end(scene: Scene): void;
}

export function createChecks(
  limits: Readonly<Record<string, PoolLimits>>,
  observer: Observer,
): Checks {
  let accepted = 0;
  let existedMs = 0;
  let workedMs = 0;
  let facts: readonly Fact[] = [];
  let leasesBefore = new Map<string, number>();
  const told: number[] = [];
  const lives: ReplicaLife[] = [];
  const before: (Snapshot | undefined)[] = [];
  return {
    observer: {
      ...observer,
      onDocument(outcome) {
        told.push(outcome.id);
        observer.onDocument?.(outcome);
      },
      onReplica(life) {
        lives.push(life);
        observer.onReplica?.(life);
      },
    },
    accepted() {
      accepted += 1;
    },
    timePasses(scene, nowMs) {
      const passedMs = nowMs - scene.nowMs;
      for (const replica of scene.replicas) {
        if (replica === null) continue;
        existedMs += passedMs;
        if (replica.leases > 0) workedMs += passedMs;
      }
    },
    decided(scene, seen) {
      facts = seen;
      leasesBefore = new Map();
      for (const replica of scene.replicas) {
        if (replica !== null) leasesBefore.set(replica.name, replica.leases);
      }
    },
    instant(scene, decisions, state) {
      const view = { scene, limits, decisions, leasesBefore, state, facts, before };
      for (const [name, invariant] of Object.entries(invariants)) {
        complain(scene, name, invariant(view));
      }
      snapshot(scene, before);
    },
    end(scene) {
      const view = { scene, accepted, told, lives, ledger: { existedMs, workedMs } };
      for (const [name, invariant] of Object.entries(finalInvariants)) {
        complain(scene, name, invariant(view));
      }
    },
  };
}

function complain(scene: Scene, name: string, broken: string | null): void {
  if (broken === null) return;
  const { world, nowMs, journal } = scene;
  throw new Error(
    `${name} is broken at ${nowMs / 1000} s of ${world.name}: ${broken}\n${journal?.tell() ?? ""}`,
  );
}

function snapshot(scene: Scene, before: (Snapshot | undefined)[]): void {
  for (let at = scene.oldest; at !== null; at = at.after) {
    before[at.slot] = {
      document: at.document.id,
      states: at.states.slice(),
      slidesDone: at.slidesDone,
      slidesKept: at.slidesKept.slice(),
      percent: percentNow(scene, at),
    };
  }
}
