/** What nobody could find out about Verda without an account: the name of each fact and its question. */
const questions = {
  credentials: "Do the credentials work?",
  token_seconds: "How many seconds does a token live, as it is told?",
  prices: "What do the allowed machines cost, and which are free?",
  numbers: "Are numbers told as numbers or as text?",
  no_capacity: "How does it show that no machine is free?",
  create_status: "Which status answers a create?",
  scaling_in_get: "Does a deployment tell its scaling itself?",
  env_in_get: "Does a deployment tell its variables itself?",
  env_shape: "Is the list of variables grouped by container, or flat?",
  image_shape: "Is an image told as text or as an object?",
  conflict_status: "Which status answers a create whose name is taken?",
  max_zero: "Is max_replica_count 0 accepted?",
  queue_load: "Which thresholds of queue_load are accepted?",
  cached_image: "Is should_use_cached_image accepted?",
  autoupdate: "Is autoupdate accepted?",
  machine_change: "Can a deployment change to spot and back?",
  order_status: "Which status answers pause and resume?",
  deployment_words: "Which words of status does a deployment have?",
  replica_words: "Which words of status does a replica have?",
  start_phases: "How long does each phase of a start take?",
  stop_ms: "How long until an idle container is gone after scaling to 0?",
  sigterm: "Does a container hear SIGTERM?",
  grace_ms: "How long until a container is killed that ignores SIGTERM?",
  pause_drains: "Does a pause let a container finish?",
  paused_lists: "Does a paused deployment list replicas?",
  paused_time: "Is paused time charged?",
  rounding: "Are the pieces of ten minutes those of each replica, or of the account?",
  speed: "How many tokens a second, and how long does a model load?",
  delete_status: "Which status answers a delete?",
  delete_at_once: "Is a deployment gone when its delete has answered?",
} as const satisfies Record<string, string>;

export type Fact = keyof typeof questions;

export type FactValue =
  | string
  | number
  | boolean
  | null
  | readonly FactValue[]
  | { readonly [key: string]: FactValue };

/** One question with what came out. `value` is null where nothing did. */
export interface Finding {
  readonly fact: Fact;
  readonly question: string;
  readonly verdict: "yes" | "no" | "value" | "unknown";
  readonly value: FactValue;
  /** What it was seen by; why nothing is known. */
  readonly evidence: string;
}

/** Where findings are written down as they come. The last word about a fact counts. */
export interface Notebook {
  /** `true` and `false` become yes and no. */
  settle(fact: Fact, value: FactValue, evidence: string): void;
  /** Why it is not known. Nothing that was settled is lost by it. */
  leave(fact: Fact, why: string): void;
  /** Every question in its order; `rest` says why about those that were not reached. */
  findings(rest: string): Finding[];
}

export function createNotebook(): Notebook {
  const known = new Map<Fact, Pick<Finding, "verdict" | "value" | "evidence">>();
  return {
    settle(fact, value, evidence) {
      const verdict = value === true ? "yes" : value === false ? "no" : "value";
      known.set(fact, { verdict, value, evidence });
    },
    leave(fact, why) {
      const before = known.get(fact);
      if (before !== undefined && before.verdict !== "unknown") return;
      known.set(fact, { verdict: "unknown", value: null, evidence: why });
    },
    findings(rest) {
      const unknown = { verdict: "unknown", value: null, evidence: rest } as const;
      return (Object.keys(questions) as Fact[]).map((fact) => ({
        fact,
        question: questions[fact],
        ...(known.get(fact) ?? unknown),
      }));
    },
  };
}
