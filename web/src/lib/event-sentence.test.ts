import { describe, expect, it } from "vitest";
import { eventNames } from "../../../src/lib/events.ts";
import type { EventView } from "../api/types.ts";
import { replicaWords } from "./event-data.ts";
import { activityOf } from "./event-sentence.ts";

const event = (
  id: number,
  type: string,
  data: EventView["data"] = {},
  task: string | null = null,
): EventView => ({
  id,
  at: "2026-10-01T10:00:00Z",
  type,
  document: "d1",
  pipeline: "p1",
  task,
  data,
});

const sentences = (...events: EventView[]): string[] =>
  activityOf(events).map(({ sentence }) => sentence);

const slideDone = (id: number, slide: number): EventView =>
  event(id, "slide.done", { slide, container: "vision-1" }, "visual_analysis");

describe("activityOf", () => {
  it("says from which slide another container goes on", () => {
    const lost = event(
      9,
      "task.delayed",
      { code: "CONTAINER_LOST", lost: true },
      "visual_analysis",
    );
    const leased = event(
      1,
      "task.leased",
      { pool: "vision", replica: 1, attempt: 1 },
      "visual_analysis",
    );
    const slides = [1, 2, 3, 4, 5, 6].map((slide) => slideDone(slide + 1, slide));
    expect(sentences(leased, ...slides, lost)[0]).toBe(
      "vision-1 went away; its work goes on in another container from slide 7.",
    );
  });

  it("names the first slide that is missing when slides finished out of order", () => {
    const lost = event(9, "task.delayed", { lost: true, container: "vision-2" }, "visual_analysis");
    expect(sentences(slideDone(1, 1), slideDone(2, 3), lost)[0]).toContain("from slide 2");
  });

  it("tells a rerun with its generation, and forgets the slides that were read before it", () => {
    const rerun = event(5, "pipeline.rerun", { tasks: ["visual_analysis"], generation: 2 });
    const lost = event(9, "task.delayed", { lost: true, container: "vision-2" }, "visual_analysis");
    const told = sentences(slideDone(1, 1), slideDone(2, 2), rerun, lost);
    expect(told[1]).toBe("Done again as generation 2: Visual analysis.");
    expect(told[0]).not.toContain("from slide");
  });

  it("tells of a further round of attempts, and of quarantine", () => {
    const failed = { code: "MODEL_TIMEOUT", attempt: 3, round: 2 };
    const suspect = { detail: "5 containers were lost over it." };
    expect(
      sentences(
        event(1, "task.delayed", failed, "visual_analysis"),
        event(2, "pipeline.quarantined", suspect),
      ),
    ).toEqual([
      "Put into quarantine: 5 containers were lost over it.",
      "Visual analysis did not work (attempt 3): model timeout; round 2 of attempts comes later.",
    ]);
  });

  it("makes one line of slides that follow each other", () => {
    expect(sentences(slideDone(1, 1), slideDone(2, 2), slideDone(3, 3))).toEqual([
      "Read slides 1 to 3 (vision-1).",
    ]);
  });

  it("says what was repaired, and why", () => {
    const why = "it was waiting, but in no queue";
    const repaired = event(1, "queue.repaired", { what: "stuck", tasks: ["slide_feedback"], why });
    expect(sentences(repaired)[0]).toContain("The queue was repaired for");
    expect(sentences(repaired)[0]).toContain(why);
  });

  it("shows the newest first, whatever order they came in", () => {
    const accepted = event(1, "document.accepted", { name: "a.pdf", pages: 12 });
    const finished = event(5, "pipeline.finished", { state: "done", seconds: 110 });
    expect(sentences(finished, accepted)).toEqual([
      "All results are ready after 1 min 50 s.",
      "Accepted a.pdf, 12 slides.",
    ]);
  });

  it("tells a task that does not apply from one that is done", () => {
    const data = { applicable: false, reason: "No clinical content was found." };
    expect(sentences(event(1, "task.done", data, "specialized_clinical"))).toEqual([
      "Clinical does not apply: No clinical content was found.",
    ]);
  });

  it("names the slides that a finished task lacks", () => {
    const data = { seconds: 8, gaps: [7, 8, 9] };
    expect(sentences(event(1, "task.done", data, "visual_analysis"))).toEqual([
      "Visual analysis is done after 8 s, without slides 7 to 9.",
    ]);
  });

  it("says why a task was skipped, from a task's name and from words alike", () => {
    const skipped = (because: string) =>
      sentences(event(1, "task.skipped", { because }, "specialized_science"));
    expect(skipped("visual_analysis")).toEqual([
      "Science was skipped, because visual analysis failed.",
    ]);
    expect(skipped("a task it waits for failed")).toEqual([
      "Science was skipped, because a task it waits for failed.",
    ]);
  });

  it("tells an operator's order with whom it came from and why", () => {
    const pause = { kind: "pause", pool: "vision", replica: null, by: "ann", reason: "new driver" };
    const drain = { kind: "drain", pool: "vision", replica: "vision-1", by: null, reason: null };
    expect(sentences(event(2, "fleet.order", pause), event(1, "fleet.order", drain))).toEqual([
      "Starts of vision are paused, by ann: new driver.",
      "vision-1 is to finish what it holds and end.",
    ]);
    expect(sentences(event(1, "leader.changed", { holder: "box", term: 4 }))).toEqual([
      "Control plane box leads now, term 4.",
    ]);
  });

  it("leaves out progress, which the bar shows", () => {
    expect(sentences(event(1, "task.progress", { fraction: 0.5 }, "visual_analysis"))).toEqual([]);
  });

  it("shows an event it does not know by its name", () => {
    expect(sentences(event(1, "moon.landed"))).toEqual(["moon.landed."]);
  });

  it("has a sentence for every event of the catalogue, even one without data", () => {
    for (const name of eventNames) {
      if (name === "task.progress" || name === "container.phase") continue;
      const [line] = sentences(event(1, name, {}, "visual_analysis"));
      expect(line, name).toBeDefined();
      expect(line?.toLowerCase(), name).not.toContain(name);
      expect(line, name).not.toMatch(/undefined|null|NaN/);
    }
  });
});

describe("replicaWords", () => {
  it.each([
    [{ pool: "vision", replica: 1 }, "vision-1"],
    [{ pool: "vision", replica: "vision-2" }, "vision-2"],
    [{ container: "text-3.5b1e9c04" }, "text-3"],
    [{}, "a container"],
  ])("reads %j as %s", (data, words) => {
    expect(replicaWords(data)).toBe(words);
  });
});
