import type { DocumentSummary, TaskProgress } from "../../src/contract/documents.ts";

type Pipeline = DocumentSummary["pipeline"];

/** A document as the API answers it; whatever a test does not care about is filled in. */
export function documentView(
  pipeline: Partial<Omit<Pipeline, "progress">> & { progress?: Partial<Pipeline["progress"]> } = {},
  own: Partial<Omit<DocumentSummary, "pipeline">> = {},
): DocumentSummary {
  const at = "2026-11-23T12:04:07.000Z";
  const { progress, ...rest } = pipeline;
  return {
    id: "d_7K2",
    workspace: "default",
    name: "aurora.pdf",
    sha256: "a".repeat(64),
    bytes: 1000,
    pages: 22,
    createdAt: at,
    findings: null,
    company: null,
    version: null,
    fileRun: null,
    batch: null,
    ...own,
    pipeline: {
      id: "p_4MD",
      state: "active",
      status: { type: "running", name: "Running", sentence: "Reading the slides, 14 of 22." },
      generation: 1,
      pack: { name: "pitch-deck", version: 1, hash: "0a1b2c3d" },
      engine: { name: "extractive", model: null },
      createdAt: at,
      startedAt: at,
      finishedAt: null,
      seconds: 6.2,
      failure: null,
      ...rest,
      progress: {
        seq: 1,
        percent: 62,
        ...{ stage: "visual_analysis", done: 14, total: 22 },
        tasks: [],
        eta: null,
        samples: 0,
        waiting: null,
        notes: [],
        updatedAt: at,
        ...progress,
      },
    },
  };
}

export function taskView(task: string, own: Partial<TaskProgress> = {}): TaskProgress {
  return {
    ...{ task, layer: 1, weight: 20, state: "leased", fraction: 0.5, done: 14, total: 22 },
    ...{ attempt: 1, round: 1, gaps: [], applicable: null, reason: null, failure: null },
    ...{ container: "vision-1", retryAt: null, seconds: null },
    ...own,
  };
}

export const doneView = (own: Partial<Omit<DocumentSummary, "pipeline">> = {}): DocumentSummary =>
  documentView(
    {
      state: "done",
      status: { type: "done", name: "Done", sentence: "All results are ready." },
      finishedAt: "2026-11-23T12:04:13.200Z",
      progress: { percent: 100 },
    },
    own,
  );
