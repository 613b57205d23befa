import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { scalingDefaults, scalingOf } from "../core/autoscaler/settings.ts";
import { compileGraph } from "../core/pipeline/graph.ts";
import { builtInPacksDir, readPack } from "../packs/read-pack.ts";
import { pitchDeckStage } from "./stages.ts";

const scaling = scalingOf(scalingDefaults);

describe("the stage of the pitch deck", () => {
  it("is the built-in pack", async () => {
    const pack = await readPack(join(builtInPacksDir(), "pitch-deck"));
    const { graph, retry, eachSlide, visual } = pitchDeckStage(scaling, "split");
    expect(graph).toEqual(compileGraph(pack.tasks));
    expect(eachSlide).toEqual(pack.tasks.flatMap(({ each }, at) => (each === "slide" ? [at] : [])));
    expect(graph.names[visual]).toBe("visual_analysis");
    expect(
      retry.map(({ attemptsMax, lostMax, backoffMs }) => [attemptsMax, lostMax, backoffMs]),
    ).toEqual(
      pack.tasks.map((task) => [task.attempts, task.attemptsLost, 1000 * task.backoffSeconds]),
    );
  });

  it("has the containers of the settings", () => {
    const { containers } = pitchDeckStage(scaling, "split");
    expect(containers).toEqual({
      vision: { slots: 2, pipelinesMax: 3, stopMs: 1000 },
      text: { slots: 3, pipelinesMax: 3, stopMs: 1000 },
    });
    expect(Object.keys(pitchDeckStage(scaling, "shared").containers)).toEqual(["shared"]);
  });
});
