import { expect, it } from "vitest";
import { pipelineMoves, replicaPhases, taskMoves } from "../core/pipeline/life-cycle.ts";
import { pipelineStates, taskStates } from "./documents.ts";
import { phases } from "./fleet.ts";

// The contract imports nothing of ours, so it spells these words itself: here they are held equal.
it("speaks of the same states and phases as the life cycles", () => {
  expect([...taskStates].sort()).toEqual(Object.keys(taskMoves).sort());
  expect([...pipelineStates].sort()).toEqual(Object.keys(pipelineMoves).sort());
  expect(phases).toEqual(replicaPhases);
});
