import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import {
  type LoadChange,
  playScript,
  scriptBase,
} from "../../../../test/support/scripted-pools.ts";
import { type ScalingBlocks, scalingDefaults, scalingOf } from "../settings.ts";
import { policyNamed } from "./registry.ts";

/** The keys and figures of the request's page. */
const requested = `
vision_container_scaling:
  min_replicas: 0
  max_replicas: 2
  scale_up_trigger: "document_uploaded"
  scale_up_delay: 0s
  scale_down_trigger: "no_vision_tasks_in_pipeline"
  scale_down_delay: 300s
  startup_timeout: 180s
  parallel_tasks_per_replica: 2
text_container_scaling:
  min_replicas: 0
  max_replicas: 3
  scale_up_trigger: "vision_analysis_80_percent_complete"
  pre_warm_delay: 30s
  scale_down_trigger: "no_text_tasks_in_pipeline"
  scale_down_delay: 600s
  startup_timeout: 240s
  sequential_then_parallel: true
pipeline_coordination:
  max_concurrent_pipelines_per_container: 3
  vision_to_text_handoff_timeout: 30s
  pipeline_failure_retry_delay: 120s
  cross_container_communication_timeout: 15s
`;

const blocks = parse(requested) as ScalingBlocks;
const load = (atS: number, pool: string, waiting: number): LoadChange => ({
  atMs: atS * 1_000,
  pool,
  waiting,
  running: 0,
});

function play(changed: ScalingBlocks, script: readonly LoadChange[]): readonly string[] {
  const choice = policyNamed("reference", { ...scriptBase, scaling: scalingOf(changed) });
  if ("problem" in choice) throw new Error(choice.problem);
  return playScript(choice.policy, script, { untilMs: 3_600_000 }).steps.map(
    ({ atMs, action, replica }) => `${atMs / 1_000} ${action} ${replica}`,
  );
}

const script = [
  load(100, "vision", 5),
  load(130, "vision", 9),
  load(200, "vision", 0),
  load(300, "text", 4),
  load(310, "text", 5),
  load(400, "text", 0),
];

describe("the reference, from the block of the request", () => {
  it("has the block's figures as its defaults", () => {
    expect(blocks).toEqual(scalingDefaults);
    expect(scalingOf(blocks)).toEqual(scriptBase.scaling);
  });

  it("starts at upload, adds a replica for more than four waiting ones each, stops after 300 and 600 s", () => {
    expect(play(blocks, script)).toEqual([
      "100 start vision-1",
      "100 start vision-2",
      "300 start text-1",
      "310 start text-2",
      "500 stop vision-2",
      "500 stop vision-1",
      "1000 stop text-2",
      "1000 stop text-1",
    ]);
  });

  it("obeys every figure of the block that a queue can show", () => {
    const vision = {
      ...blocks.vision_container_scaling,
      max_replicas: 1,
      scale_up_delay: "20s",
      scale_down_delay: "1m",
    };
    const text = { ...blocks.text_container_scaling, min_replicas: 1, scale_down_delay: "2m" };
    const changed = { ...blocks, vision_container_scaling: vision, text_container_scaling: text };
    expect(play(changed, script)).toEqual([
      "0 start text-1",
      "120 start vision-1",
      "260 stop vision-1",
      "310 start text-2",
      "520 stop text-2",
    ]);
  });
});
