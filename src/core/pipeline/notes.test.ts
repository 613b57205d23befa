import { describe, expect, it } from "vitest";
import { type NotedPipeline, notesOf, type StartedReplica } from "./notes.ts";

const pipeline: NotedPipeline = {
  ...{ isOpen: true, generation: 1, seconds: 100 },
  tasks: [
    { pool: "vision", state: "leased" },
    { pool: "text", state: "blocked" },
  ],
};
const sentence = "text-1 started early: needed in about 95 s, cold start p90 88 s";
const replica: StartedReplica = {
  serves: (pool) => pool === "text",
  ...{ sinceSeconds: 40, hasWorked: false, isLeaving: false, decision: 412, reason: sentence },
};

describe("notesOf", () => {
  it("tells an early start as it was stored, with its decision", () => {
    expect(notesOf(pipeline, [replica])).toEqual([
      { code: "started_early", sentence: `${sentence}.`, decision: 412 },
    ]);
  });

  it("is silent once that matters no more, or never did for this document", () => {
    const silent: [Partial<NotedPipeline>, Partial<StartedReplica>][] = [
      [{ isOpen: false }, {}],
      [{ tasks: [{ pool: "text", state: "leased" }] }, {}],
      [{ tasks: [{ pool: "vision", state: "blocked" }] }, {}],
      [{ seconds: 39 }, {}],
      [{}, { hasWorked: true }],
      [{}, { isLeaving: true }],
      [{}, { reason: null }],
      [{}, { reason: "text-1 started: 1 task waits and no text container runs" }],
    ];
    for (const [other, of] of silent) {
      expect(notesOf({ ...pipeline, ...other }, [{ ...replica, ...of }])).toEqual([]);
    }
  });

  it("says that a bar began anew, while it goes on", () => {
    const [note] = notesOf({ ...pipeline, generation: 3 }, []);
    expect(note).toMatchObject({ code: "begun_anew", decision: null });
    expect(note?.sentence).toMatch(/^Run 3 of this document: /);
    expect(notesOf({ ...pipeline, generation: 3, isOpen: false }, [])).toEqual([]);
  });
});
