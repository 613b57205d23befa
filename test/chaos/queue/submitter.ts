import { setTimeout as pause } from "node:timers/promises";
import type { Sql } from "../../../src/db/connect.ts";
import { addPipeline } from "../../../src/db/submissions.ts";
import { hashOf } from "../../support/queue.ts";
import { type Plan, packName } from "./plan.ts";
import { documentName } from "./poison.ts";

export interface Acknowledged {
  readonly pipeline: string;
  readonly atMs: number;
}

/** A backend that submits with a key of its own for each document, until it has heard an answer. */
export interface Submitter {
  /** Submits the plan's documents at its pace, and goes on with more while `wanted` says so. */
  run(wanted: () => boolean, signal: AbortSignal): Promise<void>;
  /** Submits again, under the same keys, what was acknowledged from then on, and some before. */
  repeat(sinceMs: number, signal: AbortSignal): Promise<Repeated>;
  /** By key: the answer that stands. */
  readonly acknowledged: ReadonlyMap<string, Acknowledged>;
  /** One key, two pipelines, without a restore in between. */
  readonly contradictions: readonly string[];
}

export interface Repeated {
  /** Keys that were known: nothing was made. */
  readonly known: number;
  /** Keys whose pipeline was gone, and is there again. */
  readonly again: number;
}

const lanes = 4;
const retryMs = 100;
/** Every so many keys are submitted twice at once. */
const twiceEvery = 20;
/** How many keys from before a backup are tried again too: they must be known. */
const olderMax = 50;

export function createSubmitter(sql: Sql, plan: Plan): Submitter {
  const acknowledged = new Map<string, Acknowledged>();
  const contradictions: string[] = [];

  const submitOnce = async (n: number) => {
    const name = documentName(n, plan.pipelines, plan.poisonous);
    return addPipeline(sql, {
      workspace: "default",
      sha256: hashOf(name),
      name,
      pack: packName,
      priority: 5,
      idempotencyKey: `key-${n}`,
      bytes: 1000,
      pages: 10,
    });
  };
  /** An answer that never came says nothing: the same key is tried until there is one. */
  const submit = async (n: number, signal: AbortSignal) => {
    for (;;) {
      signal.throwIfAborted();
      try {
        return await submitOnce(n);
      } catch {
        await pause(retryMs);
      }
    }
  };
  const accept = async (n: number, signal: AbortSignal): Promise<void> => {
    const times = n % twiceEvery === 0 ? 2 : 1;
    const answers = await Promise.all(Array.from({ length: times }, () => submit(n, signal)));
    const pipelines = new Set(answers.map(({ pipeline }) => pipeline));
    if (pipelines.size > 1) contradictions.push(`key-${n}: ${[...pipelines].join(", ")}`);
    acknowledged.set(`key-${n}`, { pipeline: answers.at(-1)?.pipeline ?? "", atMs: Date.now() });
  };
  /** Takes the numbers of a list in turn. */
  const inLanes = async (
    numbers: Iterable<number>,
    work: (n: number) => Promise<void>,
  ): Promise<void> => {
    const next = numbers[Symbol.iterator]();
    const lane = async (): Promise<void> => {
      for (let one = next.next(); !one.done; one = next.next()) await work(one.value);
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  };
  return {
    acknowledged,
    contradictions,
    run(wanted, signal) {
      const startMs = Date.now();
      const everyMs = plan.submitMs / plan.pipelines;
      return inLanes(
        numbersWhile((n) => n < plan.pipelines || wanted()),
        async (n) => {
          await pause(Math.max(0, startMs + n * everyMs - Date.now()));
          await accept(n, signal);
        },
      );
    },
    async repeat(sinceMs, signal) {
      const entries = [...acknowledged].map(([key, answer]) => ({
        n: Number(key.slice(4)),
        answer,
      }));
      const undone = entries.filter(({ answer }) => answer.atMs >= sinceMs);
      const older = entries.filter(({ answer }) => answer.atMs < sinceMs).slice(-olderMax);
      let [known, again] = [0, 0];
      await inLanes(
        [...older, ...undone].map(({ n }) => n),
        async (n) => {
          const before = acknowledged.get(`key-${n}`);
          const { pipeline, existing } = await submit(n, signal);
          if (existing) known += 1;
          else again += 1;
          const isOlder = (before?.atMs ?? 0) < sinceMs;
          if (isOlder && pipeline !== before?.pipeline)
            contradictions.push(`key-${n} was in the backup`);
          acknowledged.set(`key-${n}`, { pipeline, atMs: Date.now() });
        },
      );
      return { known, again };
    },
  };
}

function* numbersWhile(goesOn: (n: number) => boolean): Generator<number> {
  for (let n = 0; goesOn(n); n += 1) yield n;
}
