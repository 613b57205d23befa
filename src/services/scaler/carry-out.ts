import type { Decision } from "../../core/autoscaler/decision.ts";
import type { Transaction } from "../../db/connect.ts";
import { drainContainer, keepIdle } from "../../db/containers.ts";
import { type NewDecision, saveDecision } from "../../db/fleet.ts";
import { noteRefusal } from "../../db/refusals.ts";
import { markStopping, type Placed, readReplicas, requestReplica } from "../../db/replicas.ts";
import {
  holdTermToCommit,
  type PolicyRef,
  type ToldUpTo,
  waitBriefly,
  writeScalerState,
} from "../../db/scaler-state.ts";
import type { ServiceContext } from "../context.ts";
import { type PlacedBefore, type Placer, placement } from "../placer.ts";

/** A decision with all that is needed to carry it out at once. */
interface Step {
  readonly decision: Decision;
  /** Where a start goes; null for anything else. */
  readonly placed: Placed | null;
}

export interface Plan {
  readonly steps: readonly Step[];
  /** What the placer says of them. */
  readonly placements: readonly NewDecision[];
}

/**
 * Places every start. Providers are asked here, so that nothing waits for them later. A start that
 * fits nowhere is left out: the placer says so, and `decide` asks again.
 */
export async function planOf(placer: Placer, decisions: readonly Decision[]): Promise<Plan> {
  const steps: Step[] = [];
  const placements: NewDecision[] = [];
  const before: PlacedBefore[] = [];
  for (const decision of decisions) {
    if (decision.action !== "start" || decision.replica === null) {
      steps.push({ decision, placed: null });
      continue;
    }
    const { pool } = decision;
    const { placed, said } = await placer.choose(pool, numberOf(decision.replica), { before });
    if (said !== null) placements.push(said);
    if (placed === null) continue;
    before.push({ pool, ...placed });
    steps.push({ decision, placed });
  }
  return { steps, placements };
}

/** What is written with the decisions of a tick. */
export interface Tick {
  readonly policy: PolicyRef;
  readonly term: number;
  readonly tick: number;
  readonly state: string;
  readonly told: ToldUpTo | null;
}

/** Another one leads: nothing of this tick was written. */
export class TermOver extends Error {}

/** What was decided on is not so any more: nothing was written, and the tick is to be taken again. */
export class Overtaken extends Error {}

/**
 * Writes a tick as a whole: each decision, what it sets going, and the memory that it left. Either all of it
 * is there afterwards or nothing is. Throws TermOver when the term has ended and Overtaken when what was decided on
 * has changed, both with nothing written; any other failure leaves it open which of the two it was.
 */
export async function carryOut(context: ServiceContext, plan: Plan, tick: Tick): Promise<void> {
  await context.sql.begin(async (tx) => {
    await waitBriefly(tx);
    for (const said of plan.placements) await saveDecision(tx, placement, said);
    for (const { decision, placed } of plan.steps) {
      const by = { ...tick.policy, tick: tick.tick };
      const id = await saveDecision(tx, by, decision);
      if (decision.replica === null) continue;
      if (placed !== null) await request(tx, decision, id, placed);
      else if (decision.action === "stop") await stop(tx, decision, decision.replica);
    }
    await writeScalerState(tx, tick);
    if (!(await holdTermToCommit(tx, tick.term))) throw new TermOver("The term is over.");
  });
}

async function request(tx: Transaction, decision: Decision, id: number, placed: Placed) {
  const { pool, replica, sentence } = decision;
  const asked = { ...placed, pool, replica: numberOf(replica ?? ""), reason: sentence };
  const isNew = await requestReplica(tx, { ...asked, decision: id });
  if (!isNew) throw new Overtaken(`${replica} runs already.`);
}

async function stop(tx: Transaction, decision: Decision, replica: string): Promise<void> {
  const { pool, rule, sentence } = decision;
  // A machine that serves every pool goes by the name of its own.
  const own = replica.split("-")[0] ?? pool;
  const number = numberOf(replica);
  // Only an operator's order waits for work; whoever was given some since he was looked at is not idle.
  if (rule !== "operator" && !(await keepIdle(tx, own, number))) {
    throw new Overtaken(`${replica} has work.`);
  }
  if (lateRules.includes(rule)) await avoidLateMachine(tx, own, number);
  await drainContainer(tx, own, number, sentence);
  await markStopping(tx, own, number, sentence);
}

const numberOf = (replica: string): number => Number(replica.split("-").at(-1));

const lateRules = ["startup-timeout", "phase-deadline"];

/** What its provider could not bring up in time is not asked for again at once. */
async function avoidLateMachine(tx: Transaction, pool: string, replica: number): Promise<void> {
  const rows = await readReplicas(tx);
  const row = rows.find((one) => one.pool === pool && one.replica === replica);
  const isProviders = row?.phase === "requested" || row?.phase === "provisioning";
  if (row === undefined || row.gpu === null || !isProviders) return;
  await noteRefusal(tx, { ...row, code: "REPLICA_LATE" });
}
