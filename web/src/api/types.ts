import type { z } from "zod";
import type { problem } from "../../../src/contract/common.ts";
import type { PipelineSummary } from "../../../src/contract/documents.ts";
import type { TemplateAnalysis } from "../../../src/contract/results.ts";

/** Types alone cross from the contract: the schemas and their library stay on the server. */
export type {
  BatchAccepted,
  BatchChange,
  BatchDetail,
  BatchList,
  BatchSummary,
} from "../../../src/contract/batches.ts";
export type { EngineRef, FailureView } from "../../../src/contract/common.ts";
export type { DocumentList } from "../../../src/contract/document-list.ts";
export type { DocumentPlan, SameFile } from "../../../src/contract/document-plan.ts";
export type {
  DocumentResults,
  DocumentSummary,
  EventList,
  EventView,
  FindingCounts,
  PipelineSummary,
  ProgressView,
  ReopenAnswer,
  SlideList,
  SlideView,
  StatusView,
  TaskProgress,
} from "../../../src/contract/documents.ts";
export type {
  AccuracyAnswer,
  DecisionView,
  Fleet,
  MachineView,
  OrderAnswer,
  Phase,
  PoolView,
  ProviderView,
  ReplicaView,
  ShareView,
  VerdictView,
} from "../../../src/contract/fleet.ts";
export type {
  Claim,
  Evidence,
  Extractions,
  FieldResult,
  FieldsResult,
  Finding,
  SpecializedAnalysis,
  TaskName,
  TemplateAnalysis,
  TextBlock,
} from "../../../src/contract/results.ts";

export type { DocumentReviews, ReviewView } from "../../../src/contract/reviews.ts";

export type { SessionView } from "../../../src/contract/session.ts";

export type PipelineState = PipelineSummary["state"];
export type Problem = z.infer<typeof problem>;
export type TemplateChapter = TemplateAnalysis["chapters"][number];
export type TemplateAnswer = TemplateChapter["questions"][number];
