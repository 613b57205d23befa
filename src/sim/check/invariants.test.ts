import { describe, expect, it } from "vitest";
import { initialState } from "../../core/autoscaler/memory.ts";
import { referencePolicy } from "../../core/autoscaler/policies/reference.ts";
import { scalingDefaults, scalingOf } from "../../core/autoscaler/settings.ts";
import { acceptDocument } from "../engine/accept.ts";
import { createScene } from "../engine/create-scene.ts";
import { carryOut, endStart } from "../engine/fleet.ts";
import { handOut } from "../engine/hand-out.ts";
import { type Scene, type SimPipeline, type SimReplica, taskStates } from "../engine/scene.ts";
import type { ReplicaLife, SimDocument, World } from "../model.ts";
import { pitchDeckStage } from "../stages.ts";
import { createChecks, finalInvariants, invariants } from "./checks.ts";
import { createJournal } from "./journal.ts";
import type { FinalView, View } from "./view.ts";

const scaling = scalingOf(scalingDefaults);
const policy = referencePolicy(scaling);
const document: SimDocument = {
  id: 0,
  arrivalMs: 0,
  slideMs: [1000, 1000, 1000],
  taskMs: [3000, 1200, 5000, 4000, 4000, 4000],
};
const world: World = {
  name: "one deck",
  documents: () => [document],
  start: () => ({ tookMs: 1000, how: "ready", lostAfterMs: null }),
};

/** A deck whose two visual tasks are worked on by vision-1. */
function sceneAtWork(): { scene: Scene; pipeline: SimPipeline; replica: SimReplica } {
  const simulation = { world, policy, observer: {}, stage: pitchDeckStage(scaling, "split") };
  const scene = createScene(
    simulation,
    createJournal(() => scene.nowMs),
  );
  acceptDocument(scene, document);
  carryOut(scene, [
    {
      pool: "vision",
      action: "start",
      replica: "vision-1",
      rule: "work-ready",
      sentence: "",
      inputs: {},
      alternative: "",
    },
  ]);
  scene.nowMs = 1000;
  const replica = scene.replicas[0];
  const pipeline = scene.oldest;
  if (!replica || pipeline === null) throw new Error("nothing was started");
  endStart(scene, replica);
  handOut(scene, replica.pool);
  return { scene, pipeline, replica };
}

const viewOf = (scene: Scene, more: Partial<View> = {}): View => ({
  scene,
  limits: policy.pools,
  decisions: [],
  leasesBefore: new Map(),
  state: initialState,
  facts: [],
  before: [],
  ...more,
});

const done = (pipeline: SimPipeline) => ({
  document: pipeline.document.id,
  states: Uint8Array.from([taskStates.done, 0, 0, 0, 0, 0]),
  slidesDone: 3,
  slidesKept: new Int32Array(6),
  percent: 20,
});

/** Each breaks one thing and must be found out by the check of that name. */
const breakers: Readonly<Record<keyof typeof invariants, () => View>> = {
  oneLiveLeaseATask() {
    const { scene, replica } = sceneAtWork();
    replica.leases += 1;
    return viewOf(scene);
  },
  dependenciesFirst() {
    const { scene, pipeline } = sceneAtWork();
    pipeline.states[2] = taskStates.ready;
    return viewOf(scene);
  },
  replicasWithinBounds() {
    const { scene, replica } = sceneAtWork();
    replica.pool.replicas.push({ ...replica, name: "vision-2" }, { ...replica, name: "vision-3" });
    return viewOf(scene);
  },
  noNameTwice() {
    const { scene, replica } = sceneAtWork();
    replica.pool.replicas.push(replica);
    return viewOf(scene);
  },
  busyAreNotStopped() {
    const { scene, replica } = sceneAtWork();
    const stop = { pool: "vision", action: "stop", replica: replica.name } as const;
    return viewOf(scene, {
      decisions: [{ ...stop, rule: "idle", sentence: "", inputs: {}, alternative: "" }],
      leasesBefore: new Map([[replica.name, 2]]),
    });
  },
  containersNotOverfull() {
    const { scene, pipeline, replica } = sceneAtWork();
    replica.held.push(pipeline, pipeline, pipeline);
    return viewOf(scene);
  },
  finishedIsNotRepeated() {
    const { scene, pipeline } = sceneAtWork();
    return viewOf(scene, { before: [done(pipeline)] });
  },
  progressNeverFalls() {
    const { scene, pipeline } = sceneAtWork();
    return viewOf(scene, { before: [done(pipeline)] });
  },
  demandIsCounted() {
    const { scene } = sceneAtWork();
    const work = scene.works[0];
    if (work !== undefined) work.ready += 1;
    return viewOf(scene);
  },
  nobodyIdlesBesideWork() {
    const { scene, replica } = sceneAtWork();
    const work = scene.works[0];
    if (work !== undefined) work.ready = 1;
    replica.leases = 0;
    return viewOf(scene);
  },
  factsInOrder() {
    const { scene } = sceneAtWork();
    const text = { kind: "text-needed", pipeline: "0" } as const;
    return viewOf(scene, {
      facts: [
        { ...text, atMs: 900 },
        { ...text, atMs: 800 },
      ],
    });
  },
};

describe("an invariant", () => {
  for (const name of Object.keys(invariants) as (keyof typeof invariants)[]) {
    it(`finds it when it is broken: ${name}`, () => {
      expect(invariants[name](viewOf(sceneAtWork().scene))).toBeNull();
      expect(invariants[name](breakers[name]())).toMatch(/[a-z]/);
    });
  }

  it("tells what happened before", () => {
    const { scene, replica } = sceneAtWork();
    replica.leases += 1;
    const checks = createChecks(policy.pools, {});
    expect(() => checks.instant(scene, [], initialState)).toThrow(
      /oneLiveLeaseATask is broken at 1 s of one deck: vision-1 counts 3 leases and holds 2\n.*document 0 arrives[\s\S]*vision-1 is ready/,
    );
  });
});

const life: ReplicaLife = {
  pool: "vision",
  name: "vision-1",
  requestedMs: 0,
  readyMs: 1000,
  stoppedMs: 9000,
  endMs: 10_000,
  how: "stopped",
  busyMs: 4000,
  tasks: 2,
};

describe("what must hold at the end", () => {
  const view = (more: Partial<FinalView> = {}): FinalView => ({
    scene: sceneAtWork().scene,
    accepted: 1,
    told: [0],
    lives: [life],
    ledger: { existedMs: 10_000, workedMs: 4000 },
    ...more,
  });
  const broken: Readonly<Record<keyof typeof finalInvariants, FinalView>> = {
    everyDocumentEnds: view({ accepted: 2 }),
    ledgerIsTheLives: view({ lives: [life, life] }),
    chargesAddUp: view({ ledger: { existedMs: 20_000, workedMs: 4000 } }),
  };

  for (const name of Object.keys(finalInvariants) as (keyof typeof finalInvariants)[]) {
    it(`finds it when it is broken: ${name}`, () => {
      expect(finalInvariants[name](view())).toBeNull();
      expect(finalInvariants[name](broken[name])).toMatch(/[a-z]/);
    });
  }

  it("counts a document that ends twice", () => {
    expect(finalInvariants.everyDocumentEnds(view({ accepted: 2, told: [0, 0] }))).toBe(
      "a document ended twice",
    );
  });
});
