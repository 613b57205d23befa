import type { FieldsResult, SpecializedAnalysis, TemplateAnalysis } from "../api/types.ts";

/** Results of tasks whose names are a pack's own are told apart by their shape. */
export const isFields = (result: object): result is FieldsResult =>
  "fields" in result && Array.isArray(result.fields);
export const isTemplate = (result: object): result is TemplateAnalysis =>
  "chapters" in result && Array.isArray(result.chapters);
export const isAnalysis = (result: object): result is SpecializedAnalysis =>
  "claims" in result && Array.isArray(result.claims) && "applicable" in result;

/** What the tabs of the pitch deck show; what other tasks found is in the tab of results. */
export const ofPitchDeck =
  /^(?:visual_analysis|slide_feedback|extractions_and_template|specialized_\w+)$/;
