import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type PipelineState,
  pipelineMoves,
  replicaPhases,
  type TaskState,
  taskMoves,
} from "./life-cycle.ts";
import { statusOf } from "./status.ts";
import { type PoolView, type TaskView, waitingOf } from "./waiting.ts";

const task = (given: Partial<TaskView> = {}): TaskView => ({
  task: "visual_analysis",
  pool: "vision",
  state: "ready",
  done: null,
  total: null,
  attempt: 1,
  round: 1,
  gaps: [],
  failure: null,
  retryInSeconds: null,
  ...given,
});
const pool = (given: Partial<PoolView> = {}): PoolView => ({
  pool: "vision",
  phase: "ready",
  sinceSeconds: 4.2,
  replica: "vision-1",
  running: 1,
  max: 2,
  ahead: 0,
  ...given,
});

const notInstalled = { replica: "vision-1", title: "The model is not installed." };

const plain = { waiting: null, failureTitle: null, isQuarantined: false, cancelledBy: null };
const count = fc.option(fc.nat({ max: 300 }));
const tasks = fc.array(
  fc.record<TaskView>({
    task: fc.constantFrom("visual_analysis", "slide_feedback", "of_another_pack"),
    pool: fc.constantFrom("vision", "text"),
    state: fc.constantFrom(...(Object.keys(taskMoves) as TaskState[])),
    done: count,
    total: count,
    attempt: fc.integer({ min: 1, max: 9 }),
    round: fc.integer({ min: 1, max: 3 }),
    gaps: fc.array(fc.integer({ min: 1, max: 300 })),
    failure: fc.option(fc.constant({ title: "The model took too long." })),
    retryInSeconds: fc.option(fc.double({ min: -10, max: 500, noNaN: true })),
  }),
  { minLength: 1 },
);
const duration = fc
  .tuple(
    fc.double({ min: 0, max: 500, noNaN: true }),
    fc.double({ min: 0, max: 500, noNaN: true }),
    fc.nat({ max: 90 }),
  )
  .map(([a, b, n]) => ({ p50Seconds: Math.min(a, b), p90Seconds: Math.max(a, b), n }));
const pools = fc.array(
  fc.record<PoolView>({
    pool: fc.constantFrom("vision", "text"),
    phase: fc.option(fc.constantFrom(...replicaPhases)),
    sinceSeconds: fc.double({ min: 0, max: 1e5, noNaN: true }),
    replica: fc.option(fc.constantFrom("vision-1", "text-2")),
    running: fc.nat({ max: 3 }),
    max: fc.integer({ min: 1, max: 3 }),
    ahead: fc.nat({ max: 9 }),
    busy: fc.nat({ max: 4 }),
    busySeconds: fc.option(fc.double({ min: 0, max: 1e4, noNaN: true })),
    startup: fc.option(duration),
    taskTime: fc.option(duration),
  }),
);
/** It begins with a capital or the name of a replica, and ends with a full stop. */
const sentence = /^([A-Z]|[a-z]+-\d+ ).*[.]$/s;
const broken = /undefined|null|NaN|Infinity| -\d/;

describe("waitingOf", () => {
  it("says why whenever a task waits and none runs, and nothing otherwise", () => {
    fc.assert(
      fc.property(tasks, pools, (all, fleet) => {
        const waiting = waitingOf(all, fleet);
        const has = (state: TaskState) => all.some((one) => one.state === state);
        expect(waiting !== null).toBe(!has("leased") && (has("ready") || has("delayed")));
        expect(waiting?.code ?? "x").toMatch(/./);
        expect(waiting?.sentence ?? "A.").toMatch(/[.]$/);
      }),
    );
  });

  it("tells an estimate in figures, or says that there is none, and never makes one up", () => {
    fc.assert(
      fc.property(tasks, pools, (all, fleet) => {
        const waiting = waitingOf(all, fleet);
        if (waiting === null) return;
        const { code, sentence: words, untilSeconds, samples } = waiting;
        if (untilSeconds !== null) {
          expect(untilSeconds).toBeGreaterThanOrEqual(0);
          // Measured often enough, or known from the plan itself.
          if (samples !== null) expect(samples).toBeGreaterThanOrEqual(3);
          if (code !== "claiming") expect(words).toMatch(/\d+ s/);
        } else if (samples !== null && samples < 3) {
          expect(words).toMatch(/no estimate yet \(\d (start|sample)s?\)/);
        }
      }),
    );
  });

  it.each([
    ["a start", { phase: "loading" as const, sinceSeconds: 31 }, 33],
    [
      "one that takes longer than half of them",
      { phase: "loading" as const, sinceSeconds: 70 },
      18,
    ],
    [
      "one that takes longer than nine in ten",
      { phase: "loading" as const, sinceSeconds: 90 },
      null,
    ],
    ["no container at all", { phase: null, replica: null }, 64],
  ])("counts what is left of %s", (_title, given, untilSeconds) => {
    const startup = { p50Seconds: 64, p90Seconds: 88, n: 12 };
    expect(waitingOf([task()], [pool({ ...given, startup })])).toMatchObject({
      untilSeconds,
      samples: 12,
    });
  });

  it.each([
    ["those ahead side by side", { ahead: 3, busy: 2, busySeconds: 4 }, 6 + 15],
    ["what is left of the one before it", { ahead: 0, busy: 1, busySeconds: 4 }, 6],
    ["nothing once that one is over its time", { ahead: 0, busy: 1, busySeconds: 14 }, null],
    ["nothing while none of them runs", { ahead: 3, busy: 0 }, null],
  ])("counts %s", (_title, given, untilSeconds) => {
    const taskTime = { p50Seconds: 10, p90Seconds: 20, n: 5 };
    expect(waitingOf([task()], [pool({ ...given, taskTime })])?.untilSeconds).toBe(untilSeconds);
  });

  it.each([
    [
      "no container",
      [],
      "No vision container runs yet; one is being started, no estimate yet (0 starts).",
    ],
    ["a pool with none", [pool({ phase: null, replica: null })], "No vision container runs yet"],
    [
      "a loading model",
      [pool({ phase: "loading" })],
      "vision-1 is loading its model, 4 s so far; no estimate yet (0 starts).",
    ],
    [
      "a container that could not start",
      [pool({ phase: null, replica: null, failed: notInstalled })],
      "vision-1 failed (The model is not installed); another one is being started, no estimate yet (0 starts).",
    ],
    [
      "the failure before a new try",
      [pool({ phase: "booting", failed: notInstalled })],
      "vision-1 is starting, 4 s so far; no estimate yet (0 starts). Before, vision-1 failed (The model is not installed).",
    ],
    [
      "what the provider says",
      [pool({ phase: "provisioning", trouble: "ImagePullBackOff: no such tag." })],
      "vision-1 is being provided, 4 s so far; no estimate yet (0 starts). Its provider says: ImagePullBackOff: no such tag.",
    ],
    [
      "a paused pool",
      [pool({ phase: null, replica: null, paused: { reason: "Budget." } })],
      "The vision pool is paused (Budget); it goes on when somebody resumes it.",
    ],
    ["a leaving container", [pool({ phase: "draining" })], "vision-1 is finishing"],
    ["a free container", [pool()], "A container is about to take it."],
    [
      "others before it",
      [pool({ ahead: 1 })],
      "Waiting behind 1 task; no estimate yet (0 samples).",
    ],
    [
      "others before it, at the limit",
      [pool({ ahead: 3, running: 2 })],
      "Waiting behind 3 tasks; no estimate yet (0 samples). The vision pool is at its limit of 2 containers.",
    ],
  ])("names %s", (_title, fleet, expected) => {
    expect(waitingOf([task()], fleet)?.sentence).toContain(expected);
  });

  it("has a sentence for every phase of the pool", () => {
    for (const phase of replicaPhases) {
      expect(waitingOf([task()], [pool({ phase })])?.sentence).toMatch(sentence);
    }
  });

  it("says why nobody will ever take a task, unless another one goes on", () => {
    const stranded = task({ stranded: "No live container serves it." });
    expect(waitingOf([stranded], [pool()])).toEqual({
      code: "stranded",
      sentence: "No live container serves it.",
      untilSeconds: null,
      samples: null,
    });
    expect(waitingOf([stranded, task()], [pool()])?.code).toBe("claiming");
    expect(waitingOf([stranded, task({ state: "leased" })], [pool()])).toBeNull();
  });

  it("tells what failed and when the next attempt starts", () => {
    const late = task({
      state: "delayed",
      attempt: 2,
      failure: { title: "The model took too long." },
      retryInSeconds: 3.2,
    });
    expect(waitingOf([late], [])).toEqual({
      code: "retrying",
      sentence: "Reading the slides failed (The model took too long); attempt 2 starts in 4 s.",
      untilSeconds: 4,
      samples: null,
    });
    expect(waitingOf([{ ...late, retryInSeconds: -2 }], [])?.sentence).toContain("in 0 s");
  });
});

describe("statusOf", () => {
  it("has a name and a whole sentence in every state", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...(Object.keys(pipelineMoves) as PipelineState[])),
        tasks,
        pools,
        fc.option(fc.constant("The container went away.")),
        fc.boolean(),
        (state, all, fleet, failureTitle, isQuarantined) => {
          const waiting = state === "active" ? waitingOf(all, fleet) : null;
          const named = fleet.every((one) => one.phase === null || one.replica !== null);
          const status = statusOf({
            ...plain,
            state,
            tasks: all,
            waiting,
            failureTitle,
            isQuarantined,
          });
          expect(status.name).toMatch(/./);
          expect(status.sentence).toMatch(sentence);
          if (named) expect(status.sentence).not.toMatch(broken);
        },
      ),
    );
  });

  it("gives each way a pipeline can be a type of its own kind", () => {
    const typeOf = (state: PipelineState) => statusOf({ ...plain, state, tasks: [] }).type;
    expect(Object.keys(pipelineMoves).map((state) => typeOf(state as PipelineState))).toEqual([
      "pending",
      "running",
      "done",
      "done",
      "failed",
      "ended",
    ]);
  });

  it("counts slides while they are read, and says when it is not the first try", () => {
    const running = task({ state: "leased", done: 3, total: 22, attempt: 2 });
    const view = { ...plain, tasks: [running] };
    expect(statusOf({ ...view, state: "active" })).toEqual({
      type: "running",
      name: "Running again",
      sentence: "Reading the slides, 3 of 22.",
    });
  });

  it("says that a document is in quarantine, whatever came out of it", () => {
    const failureTitle = "Containers kept going away while they worked on this document.";
    for (const state of ["failed", "done_with_gaps"] as const) {
      const view = { ...plain, state, tasks: [task({ state: "dead" })], failureTitle };
      expect(statusOf({ ...view, isQuarantined: true })).toEqual({
        type: "failed",
        name: "Quarantined",
        sentence: failureTitle,
      });
    }
  });

  it("lists every gap of a pipeline that ended with gaps", () => {
    const parts = [
      task({ state: "done", gaps: [7, 9] }),
      task({ task: "slide_feedback", state: "dead" }),
      task({ task: "specialized_science", state: "skipped" }),
    ];
    const view = { ...plain, tasks: parts };
    expect(statusOf({ ...view, state: "done_with_gaps" }).sentence).toBe(
      "Reading the slides: slides 7, 9 could not be read; Reviewing the slides failed; Science analysis was skipped.",
    );
  });
});

it("says who cancelled it and what was kept", () => {
  const task = (name: string, given: Partial<TaskView>): TaskView => ({
    ...{ task: name, pool: "vision", state: "cancelled", done: null, total: null, attempt: 1 },
    ...{ round: 1, gaps: [], failure: null, retryInSeconds: null, ...given },
  });
  const sentenceOf = (cancelledBy: string | null, all: readonly TaskView[]) =>
    statusOf({ ...plain, state: "cancelled", tasks: all, cancelledBy }).sentence;
  const some = [
    task("visual_analysis", { state: "done", done: 22, total: 22 }),
    task("slide_feedback", { done: 14, total: 22 }),
    task("extractions_and_template", { done: 0, total: 9 }),
  ];
  expect(sentenceOf("anna", some)).toBe(
    "Cancelled by anna. Kept: visual analysis; slide feedback, 14 of 22.",
  );
  expect(sentenceOf(null, [task("visual_analysis", {})])).toBe(
    "Cancelled before anything was finished.",
  );
});
