import type { Json, Policy } from "../../core/autoscaler/decision.ts";
import type { Fact } from "../../core/autoscaler/facts.ts";
import { initialState, type ScalerState } from "../../core/autoscaler/memory.ts";
import { recall, resumed } from "../../core/autoscaler/resume.ts";
import {
  dropOldScalerStates,
  type PolicyRef,
  readScalerState,
  type ToldUpTo,
} from "../../db/scaler-state.ts";
import {
  type Happened,
  readFirstTextStarts,
  readHappenings,
  readPast,
} from "../../db/scaling-facts.ts";
import type { ServiceContext } from "../context.ts";
import { factsOf, textStarts } from "./facts.ts";

/** What the scaler knows between two ticks: as it was stored last. */
export interface Memory {
  readonly tick: number;
  readonly state: ScalerState;
  /** The text of `state` that is stored; null: none is. */
  readonly stored: string | null;
  /** null: the policy is told nothing. */
  readonly told: ToldUpTo | null;
}

/** Events told in one tick at most; what is left is told in the next. */
const newsMax = 1_000;
/** How much of the past a policy is told that remembers nothing yet. */
const past = { days: 30, events: 20_000 };
const dayMs = 86_400_000;

export interface News {
  readonly facts: readonly Fact[];
  readonly told: ToldUpTo | null;
  readonly isAll: boolean;
}

/** What has happened since the policy was told last. */
export async function readNews(context: ServiceContext, { told }: Memory): Promise<News> {
  if (told === null) return { facts: [], told, isAll: true };
  const happened = await readHappenings(context.sql, told, newsMax);
  return { ...(await factsIn(context, happened, told.atMs)), isAll: happened.isAll };
}

async function factsIn(
  { sql }: ServiceContext,
  { happenings, told }: Happened,
  sinceMs: number,
): Promise<Pick<News, "facts" | "told">> {
  const first = await readFirstTextStarts(sql, textStarts(happenings));
  return { facts: factsOf(happenings, first, sinceMs), told };
}

/**
 * The memory that was stored last; without one the policy is told the past again. What has happened
 * while nobody led is told before anything is decided, however much it is.
 */
export async function recollect(
  context: ServiceContext,
  policy: Policy,
  ref: PolicyRef,
): Promise<Memory> {
  await dropOldScalerStates(context.sql);
  const row = await readScalerState(context.sql, ref);
  const state = row === undefined ? initialState : resumed(row.state as ScalerState);
  const known = { tick: row?.tick ?? 0, state, stored: null, told: null };
  if (!policy.attention.facts) return known;
  if (row?.told) return catchUp(context, policy, { ...known, told: row.told });
  const sinceMs = context.clock.nowMs() - past.days * dayMs;
  const { facts, told } = await factsIn(
    context,
    await readPast(context.sql, sinceMs, past.events),
    sinceMs,
  );
  context.log.info({ policy: ref.name, facts: facts.length }, "the policy was told the past");
  return { ...known, state: withFacts(policy, state, facts), told };
}

/** All but the last piece, which belongs to the first question. */
async function catchUp(context: ServiceContext, policy: Policy, from: Memory): Promise<Memory> {
  let memory = from;
  for (;;) {
    const news = await readNews(context, memory);
    if (news.isAll) return memory;
    const state = withFacts(policy, memory.state, news.facts);
    memory = { ...memory, state, told: news.told };
  }
}

function withFacts(policy: Policy, state: ScalerState, facts: readonly Fact[]): ScalerState {
  const before: Json = state.policy ?? policy.initial;
  return { ...state, policy: recall(policy, before, facts) };
}
