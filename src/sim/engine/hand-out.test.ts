import { describe, expect, it } from "vitest";
import { referencePolicy } from "../../core/autoscaler/policies/reference.ts";
import {
  type ScalingSettings,
  scalingDefaults,
  scalingOf,
} from "../../core/autoscaler/settings.ts";
import type { World } from "../model.ts";
import { pitchDeckStage } from "../stages.ts";
import { acceptDocument } from "./accept.ts";
import { createScene } from "./create-scene.ts";
import { carryOut, endStart } from "./fleet.ts";
import { handOut } from "./hand-out.ts";
import type { Scene } from "./scene.ts";
import { endTask } from "./settle.ts";

const defaults = scalingOf(scalingDefaults);
const world: World = {
  name: "hand-out",
  documents: () => [],
  start: () => ({ tookMs: 1000, how: "ready", lostAfterMs: null }),
};

function sceneOf(settings: Partial<ScalingSettings> = {}): Scene {
  const scaling = { ...defaults, ...settings };
  const stage = pitchDeckStage(scaling, "split");
  return createScene({ world, policy: referencePolicy(scaling), observer: {}, stage }, null);
}

function arrive(scene: Scene, ...ids: readonly number[]): void {
  for (const id of ids) {
    const taskMs = [3000, 1200, 5000, 4000, 4000, 4000];
    acceptDocument(scene, { id, arrivalMs: scene.nowMs, slideMs: [1000, 1000, 1000], taskMs });
  }
}

function start(scene: Scene, ...names: readonly string[]): void {
  for (const replica of names) {
    const pool = replica.split("-")[0] ?? "";
    carryOut(scene, [
      {
        ...{ pool, replica, action: "start", rule: "" },
        sentence: "",
        inputs: {},
        alternative: "",
      },
    ]);
    const made = scene.replicas.find((one) => one?.name === replica);
    if (made) endStart(scene, made);
  }
}

/** `0.visual_analysis` and the like, by holder. */
function held(scene: Scene): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (let at = scene.oldest; at !== null; at = at.after) {
    for (const [task, holder] of at.holders.entries()) {
      if (holder === null) continue;
      found[holder.name] ??= [];
      found[holder.name]?.push(`${at.name}.${scene.stage.graph.names[task]}`);
    }
  }
  return found;
}

function handOutAll(scene: Scene): void {
  for (const pool of scene.poolList) handOut(scene, pool);
}

function end(scene: Scene, document: string, ...tasks: readonly number[]): void {
  for (const task of tasks) {
    for (let at = scene.oldest; at !== null; at = at.after) {
      if (at.name === document) {
        endTask(scene, at, task);
        break;
      }
    }
  }
}

describe("handing out work", () => {
  it("gives a pipeline's tasks to one container, and the next pipeline to the next one", () => {
    const scene = sceneOf();
    start(scene, "vision-1", "vision-2");
    arrive(scene, 0, 1);
    handOutAll(scene);
    expect(held(scene)).toEqual({
      "vision-1": ["0.visual_analysis", "0.slide_feedback"],
      "vision-2": ["1.visual_analysis", "1.slide_feedback"],
    });
  });

  it("serves first who has waited longest", () => {
    const scene = sceneOf();
    start(scene, "vision-1", "vision-2");
    arrive(scene, 0);
    handOutAll(scene);
    scene.nowMs = 3000;
    end(scene, "0", 0, 1);
    arrive(scene, 1);
    handOutAll(scene);
    expect(held(scene)).toEqual({ "vision-2": ["1.visual_analysis", "1.slide_feedback"] });
  });

  it("goes on with what a container holds before a pipeline that came earlier", () => {
    const scene = sceneOf();
    start(scene, "text-1", "vision-1");
    arrive(scene, 0, 1);
    handOutAll(scene);
    end(scene, "0", 0, 1);
    handOutAll(scene);
    // Extraction of 0 is at work; 1 comes to text as well and has the room that is left.
    end(scene, "1", 0, 1);
    handOutAll(scene);
    expect(held(scene)).toEqual({
      "text-1": ["0.extractions_and_template", "1.extractions_and_template"],
    });
    // Its three analyses go to the same container, as far as it has room: two of them.
    end(scene, "1", 2);
    handOutAll(scene);
    expect(held(scene)).toEqual({
      "text-1": [
        "0.extractions_and_template",
        "1.specialized_clinical",
        "1.specialized_regulatory",
      ],
    });
    // The third one comes before the analyses of 0, which come before it by rank.
    end(scene, "0", 2);
    handOutAll(scene);
    expect(held(scene)["text-1"]).toEqual([
      "0.specialized_clinical",
      "1.specialized_clinical",
      "1.specialized_regulatory",
    ]);
  });

  it("takes what is left over to another container in the next round", () => {
    const scene = sceneOf();
    start(scene, "text-1", "text-2", "vision-1");
    arrive(scene, 0, 1);
    handOutAll(scene);
    end(scene, "0", 0);
    handOutAll(scene);
    end(scene, "0", 2);
    handOutAll(scene);
    expect(held(scene)["text-1"]).toHaveLength(3);
    end(scene, "0", 1);
    handOutAll(scene);
    end(scene, "1", 0);
    handOutAll(scene);
    expect(held(scene)["text-2"]).toEqual(["1.extractions_and_template"]);
  });

  it("begins no more pipelines in a container than it may work on", () => {
    const scene = sceneOf({ maxConcurrentPipelines: 1 });
    start(scene, "vision-1");
    arrive(scene, 0, 1);
    handOutAll(scene);
    end(scene, "0", 1);
    handOutAll(scene);
    expect(held(scene)).toEqual({ "vision-1": ["0.visual_analysis"] });
    end(scene, "0", 0);
    handOutAll(scene);
    expect(held(scene)).toEqual({ "vision-1": ["1.visual_analysis", "1.slide_feedback"] });
  });

  it("begins none in a container on its way out, which finishes what it holds", () => {
    const scene = sceneOf();
    start(scene, "text-1", "vision-1");
    arrive(scene, 0);
    handOutAll(scene);
    end(scene, "0", 0, 1);
    handOutAll(scene);
    arrive(scene, 1);
    handOutAll(scene);
    const stop = { action: "stop", rule: "", sentence: "", inputs: {}, alternative: "" } as const;
    carryOut(scene, [{ ...stop, pool: "text", replica: "text-1" }]);
    end(scene, "1", 0, 1);
    handOutAll(scene);
    end(scene, "0", 2);
    handOutAll(scene);
    expect(held(scene)).toEqual({
      "text-1": ["0.specialized_clinical", "0.specialized_regulatory", "0.specialized_science"],
    });
  });
});
