import { expect } from "vitest";
import { applyMoves } from "../../src/db/moves.ts";
import { deadOf, delayOf, doneOf } from "../support/queue.ts";
import { queueProblems } from "./queue-problems.ts";
import type { Script, Stage } from "./stage.ts";
import {
  atWork,
  atWorkInSilence,
  beating,
  cancelling,
  claiming,
  clear,
  draining,
  leasesOf,
  lives,
  moving,
  promoting,
  reaping,
  registering,
  reporting,
  retrying,
  siblings,
  submitting,
  type Track,
  type Turned,
  tasksOf,
  turning,
  waiting,
} from "./track.ts";

/** Plays all orders of two scripts, and answers them; throws at the first whose end is not right. */
export type Race = (stage: Stage, track: Track) => Promise<string[]>;

interface RaceSpec<Scene> {
  readonly from: (track: Track) => Promise<Scene>;
  readonly between: (scene: Scene, track: Track) => readonly [Script, Script];
  /** Beside what always holds: nobody failed, and the queue is in order. */
  readonly judge: (answers: readonly unknown[], scene: Scene, track: Track) => Promise<void>;
}

const race =
  <Scene>({ from, between, judge }: RaceSpec<Scene>): Race =>
  (stage, track) =>
    stage.everyOrder(
      () => from(track),
      (scene) => between(scene, track),
      async ({ answers }, scene) => {
        for (const answer of answers) if (answer instanceof Error) throw answer;
        const problems = await queueProblems(track.sql);
        if (problems.length > 0) throw new Error(problems.join("; "));
        await judge(answers, scene, track);
      },
    );

const takenOf = (answers: readonly unknown[]) =>
  answers.flatMap((answer) => (answer as Turned).tasks);

/** By what has to be true in every order. Another race is another entry. */
export const races: Readonly<Record<string, Race>> = {
  "two siblings that are settled free what stands on both, once": race({
    from: siblings,
    between: ({ left, right }) => [moving(doneOf(left)), moving(doneOf(right))],
    judge: async (answers, { id }, track) => {
      expect(answers).toEqual([true, true]);
      expect(await tasksOf(track, id)).toEqual({ left: "done", right: "done", join: "ready" });
    },
  }),

  "two turns that settle siblings and ask for more give what stands on both to one": race({
    from: siblings,
    between: ({ left, right }, { one, two }) => [turning([left], [one]), turning([right], [two])],
    judge: async (answers, { id }, track) => {
      expect(answers).toMatchObject([{ accepted: [true] }, { accepted: [true] }]);
      expect(takenOf(answers)).toEqual([2]);
      expect(await tasksOf(track, id)).toEqual({ left: "done", right: "done", join: "leased" });
    },
  }),

  "two turns over the same containers wait in no circle": race({
    from: siblings,
    between: ({ left, right }, { one, two }) => [
      turning([left], [two, one]),
      turning([right], [one, two]),
    ],
    judge: async (answers, { id }, track) => {
      expect(takenOf(answers)).toEqual([2]);
      expect(await tasksOf(track, id)).toEqual({ left: "done", right: "done", join: "leased" });
    },
  }),

  "a lease that is settled twice is accepted once": race({
    from: atWork,
    between: ({ key }) => [turning([key], []), moving(doneOf(key))],
    judge: async ([turned, moved]) => {
      expect([...(turned as Turned).accepted, moved].filter(Boolean)).toHaveLength(1);
    },
  }),

  "of a settle and a rescue of one lease, one counts": race({
    from: atWorkInSilence,
    between: ({ key }) => [moving(doneOf(key)), reaping],
    judge: async ([settled, reaped], { id }, track) => {
      expect(settled).toBe((reaped as boolean[])[0] !== true);
      expect(await tasksOf(track, id)).toEqual({ a: settled ? "done" : "delayed" });
    },
  }),

  "a container whose beat was heard is not ended by a rescuer that looked before": race({
    from: atWorkInSilence,
    between: (_, { one }) => [beating(one), reaping],
    judge: async ([known], { id }, track) => {
      const isAlive = await lives(track, track.one);
      expect(isAlive).toBe(known);
      if (!isAlive) expect(await tasksOf(track, id)).toEqual({ a: "delayed" });
    },
  }),

  "a container that takes the slot of a silent one is not ended in its place": race({
    from: atWorkInSilence,
    between: (_, { one }) => [registering(one), reaping],
    judge: async ([fresh], _, track) => {
      expect(await lives(track, String(fresh))).toBe(true);
      expect(await lives(track, track.one)).toBe(false);
    },
  }),

  "a settle, and a retry of what failed beside it, lose neither": race({
    from: async (track) => {
      const scene = await siblings(track);
      await applyMoves(track.sql, [deadOf(scene.left)]);
      return scene;
    },
    between: ({ id, right }, { two }) => [turning([right], [two]), retrying(id)],
    judge: async ([turned, retried], { id }, track) => {
      expect([(turned as Turned).accepted, retried]).toEqual([[true], true]);
      const { left, right, join } = await tasksOf(track, id);
      expect([right, join]).toEqual(["done", "blocked"]);
      expect(left).toMatch(/ready|leased/);
    },
  }),

  "a settle and a cancel leave either the result or the cancelled task": race({
    from: atWork,
    between: ({ id, key }) => [moving(doneOf(key)), cancelling(id)],
    judge: async ([settled, cancelled], { id }, track) => {
      expect(settled).toBe(!cancelled);
      expect(await tasksOf(track, id)).toEqual({ a: settled ? "done" : "cancelled" });
    },
  }),

  "a claim and a cancel leave no lease behind": race({
    from: waiting(1),
    between: ({ id }, { one }) => [claiming(one), cancelling(id)],
    judge: async ([, cancelled], { id }, track) => {
      expect(cancelled).toBe(true);
      expect(await leasesOf(track)).toEqual([]);
      expect(await tasksOf(track, id)).toEqual({ a: "cancelled" });
    },
  }),

  "a promotion and a cancel leave nothing in the queue": race({
    from: async (track) => {
      const scene = await atWork(track);
      await applyMoves(track.sql, [delayOf(scene.key, 0)]);
      return scene;
    },
    between: ({ id }) => [promoting, cancelling(id)],
    judge: async ([, cancelled], { id }, track) => {
      expect(cancelled).toBe(true);
      expect(await tasksOf(track, id)).toEqual({ a: "cancelled" });
    },
  }),

  "two containers never get one task": race({
    from: waiting(1),
    between: (_, { one, two }) => [claiming(one), claiming(two)],
    judge: async ([first, second], _, track) => {
      expect(Number(first) + Number(second)).toBe(1);
      expect(await leasesOf(track)).toHaveLength(1);
    },
  }),

  "two claims of one container stay within its slots": race({
    from: waiting(3, 2),
    between: (_, { one }) => [claiming(one), claiming(one)],
    judge: async ([first, second]) => {
      expect(Number(first) + Number(second)).toBe(2);
    },
  }),

  "a container that drains is handed nothing new": race({
    from: waiting(1),
    between: (_, { one }) => [claiming(one), draining(one)],
    judge: async ([got], _, track) => {
      expect(await leasesOf(track)).toHaveLength(Number(got));
    },
  }),

  "progress leaves no mark on a pipeline that is done": race({
    from: atWork,
    between: ({ key }, { one }) => [reporting(one, key), turning([key], [one])],
    judge: async ([, turned], _, { sql }) => {
      expect(turned).toMatchObject({ accepted: [true] });
      expect(await sql`select 1 from task_progress`).toEqual([]);
    },
  }),

  "two submissions with one key make one pipeline": race({
    from: clear,
    between: () => [submitting(5, ["x"]), submitting(5, ["x"])],
    judge: async (answers, _, { sql }) => {
      const rows = answers.flat() as { pipeline: string; existing: boolean }[];
      expect(new Set(rows.map(({ pipeline }) => pipeline)).size).toBe(1);
      expect(rows.filter(({ existing }) => existing)).toHaveLength(1);
      expect(await sql`select 1 from documents`).toHaveLength(1);
    },
  }),

  "two batches with the same keys, in crossing order, make each pipeline once": race({
    from: clear,
    between: () => [submitting(5, ["x", "y"]), submitting(6, ["y", "x"])],
    judge: async (answers, _, { sql }) => {
      const rows = answers.flat() as { pipeline: string; existing: boolean }[];
      expect(new Set(rows.map(({ pipeline }) => pipeline)).size).toBe(2);
      expect(rows.filter(({ existing }) => existing)).toHaveLength(2);
      expect(await sql`select 1 from ready`).toHaveLength(2);
    },
  }),
};
