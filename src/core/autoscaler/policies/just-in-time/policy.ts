import type { Answer, Json, Policy, Question, Want } from "../../decision.ts";
import type { PolicyBase } from "../base.ts";
import { learnAll } from "./learn-all.ts";
import { type Model, modelOf } from "./model.ts";
import { observe } from "./observe.ts";
import { afterwards, rulePool } from "./rule-pool.ts";
import type { JustInTimeSettings } from "./settings.ts";
import { emptyState, type JitState, stateOf } from "./state.ts";

/**
 * Starts text just in time and keeps both pools for as long as that pays. Vision starts at upload as
 * the reference does; text by one-step look-ahead over joint draws of what documents still need and of
 * how long a start takes, and never later than the reference would; further replicas by their marginal
 * value. Last replicas are kept by thresholds fitted to past gaps, both pools together; further ones
 * by thresholds of their own. It learns from facts alone, so a scaler that starts anew and is told the
 * facts again knows the same.
 */
export function justInTimePolicy(base: PolicyBase, settings: JustInTimeSettings): Policy {
  const model = modelOf(base, settings);
  const empty = emptyState(model);
  const milestones = Object.values(model.pools).flatMap(({ scaling }) =>
    scaling.startAtFraction > 0 ? [scaling.startAtFraction] : [],
  );
  return {
    name: "just-in-time",
    pools: Object.fromEntries(
      Object.values(model.pools).map(({ name, scaling }) => [name, scaling]),
    ),
    attention: { documents: true, facts: true, slides: true, milestones },
    initial: empty as unknown as Json,
    want: (question, state) => answer(model, question, stateOf(state, empty)),
  };
}

function answer(model: Model, question: Question, before: JitState): Answer {
  let state = observe(learnAll(before, question, model), question, model);
  let then = question;
  const wants: Record<string, Want> = {};
  for (const name in model.pools) {
    const pool = model.pools[name];
    if (pool === undefined || question.pools[name] === undefined) continue;
    const ruled = rulePool(model, then, state, pool);
    if (ruled === null) continue;
    const { want } = ruled.ruling;
    state = ruled.state;
    wants[name] = want;
    // Text is asked with what vision will have: asked again, it sees just that.
    then = afterwards(then, pool, want.replicas);
  }
  return { wants, state: state as unknown as Json };
}
