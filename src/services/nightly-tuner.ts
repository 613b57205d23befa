import { addPolicyProposal, readPolicyProposal } from "../db/policy-versions.ts";
import { loop, type Service } from "../lib/service.ts";
import { type Proposal, propose } from "../sim/tune/propose.ts";
import { announce, type ServiceContext } from "./context.ts";
import { runSimulations } from "./simulations/pool.ts";
import { readTuneInput, type TunerFacts } from "./tuner.ts";
import { storedOf } from "./tuner-views.ts";

export interface NightlyOptions {
  readonly facts: TunerFacts;
  /** Hour of the day in UTC, 0 to 23. */
  readonly hour: number;
  readonly days: number;
  readonly everyMs: number;
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/**
 * Once a day, in the night, replays the history on one thread and writes down what it would propose. It lets
 * nothing in. A day on which a proposal was made already, by whichever leader, is left alone.
 */
export function createNightlyTuner(context: ServiceContext, options: NightlyOptions): Service {
  let stopping = new AbortController();
  const inner = loop({
    name: "nightly tuner",
    everyMs: options.everyMs,
    tick: async () => {
      const nowMs = context.clock.nowMs();
      const tonightMs = Math.floor(nowMs / dayMs) * dayMs + options.hour * hourMs;
      if (nowMs < tonightMs) return;
      const last = await readPolicyProposal(context.sql);
      if (last !== undefined && last.at.getTime() >= tonightMs) return;
      const { input } = await readTuneInput(context, options.facts, options.days);
      const { signal } = stopping;
      const proposal = await propose(input, (jobs) => runSimulations(jobs, { signal, threads: 1 }));
      await addPolicyProposal(context.sql, {
        ...(proposal.kind === "propose"
          ? {
              policy: proposal.policy,
              settings: proposal.settings,
              predicted: storedOf(proposal.predicted),
            }
          : { policy: null, settings: {}, predicted: null }),
        sentence: sentenceOf(proposal),
      });
      announce(context);
    },
    onError: (error) => {
      if (!stopping.signal.aborted) context.log.error({ err: error }, "nightly tuning failed");
    },
  });
  return {
    ...inner,
    async start() {
      stopping = new AbortController();
      await inner.start();
    },
    async stop() {
      stopping.abort(new Error("the nightly tuner stops"));
      await inner.stop();
    },
  };
}

/** What was found, for people. */
export function sentenceOf(proposal: Proposal): string {
  switch (proposal.kind) {
    case "too-little":
      return `Nothing is proposed: ${proposal.documents} documents are too few, ${proposal.needed} are needed.`;
    case "keep":
      return `${proposal.current.policy} stays: nothing that was tried is surely better.`;
    case "refused":
      return `Nothing is proposed: ${proposal.policy} would be cheaper or quicker, and ${proposal.breaks.join("; ")}.`;
    case "propose": {
      const { usdPerDocument, p95Ms } = proposal.predicted;
      const less = 100 * (1 - usdPerDocument.after / usdPerDocument.before);
      const money = `${Math.abs(less).toFixed(0)} % ${less >= 0 ? "less" : "more"} a document`;
      const minutes = (ms: number): string => (ms / 60_000).toFixed(1);
      return `${proposal.policy} is proposed: ${money}, 95 % done within ${minutes(p95Ms.after)} min instead of ${minutes(p95Ms.before)}.`;
    }
  }
}
