import type { Results } from "../../src/contract/results.ts";
import type { Kind } from "./types.ts";

/** Something a reading says is wrong, in the words of the truth. */
export interface Said {
  readonly kind: Kind;
  readonly slides: readonly number[];
  readonly text: string;
}

/** Rules of slide feedback by what they are measured against. */
const ofRules: Readonly<Record<string, Kind>> = {
  text_too_small: "text_too_small",
  low_contrast: "low_contrast",
  text_amount: "text_amount",
  title_missing: "title_missing",
  chart_without_label: "axis_unlabelled",
  numbers_without_unit: "unit_missing",
  number_without_source: "source_missing",
  forecast_unmarked: "forecast_unmarked",
  text_overlap: "text_overlap",
  text_cut_off: "text_cut_off",
  placeholder_text: "placeholder",
  clutter: "clutter",
  conflicting_market: "conflict_market",
  conflicting_ask: "conflict_ask",
  conflicting_team: "conflict_team",
  conflicting_customers: "conflict_customers",
};

/** Issues of claims, likewise. */
const ofIssues: Readonly<Record<string, Kind>> = {
  effect_without_evidence: "efficacy_unproven",
  proven_without_study: "clinically_proven",
  percent_without_number: "percent_without_n",
  sample_too_small: "small_n",
  approved_for_cleared: "fda_approved",
  registration_as_review: "fda_registered",
  ce_as_approval: "ce_approved",
  standard_not_certifiable: "standard_certified",
  privacy_certificate: "privacy_certified",
  designation_as_proof: "designation_as_proof",
  status_contradicted: "status_conflict",
  pending_as_patented: "patent_pending",
  hypothesis_without_evidence: "hypothesis_unproven",
};

/** All that a reading finds wrong and that the truth knows a name for; a slide and kind once. */
export function saidIn(results: Results): Said[] {
  const said: Said[] = [];
  const add = (kind: Kind | undefined, slides: readonly number[], text: string): void => {
    if (kind === undefined) return;
    const places = [...new Set(slides)].sort((a, b) => a - b);
    const known = said.some((one) => one.kind === kind && `${one.slides}` === `${places}`);
    if (!known) said.push({ kind, slides: places, text });
  };
  for (const { slide, findings } of results.slide_feedback?.slides ?? []) {
    for (const { rule, what, evidence } of findings) {
      const both = rule.startsWith("conflicting_");
      add(ofRules[rule], both ? evidence.map((piece) => piece.slide) : [slide], what);
    }
  }
  for (const task of ["clinical", "regulatory", "science"] as const) {
    for (const { claim, issues, evidence } of results[`specialized_${task}`]?.claims ?? []) {
      for (const { code } of issues) {
        add(
          ofIssues[code],
          evidence.map((piece) => piece.slide),
          claim,
        );
      }
    }
  }
  return said;
}
