import type { Claim, ClaimIssue } from "../../../../contract/results.ts";
import type { TopicName } from "../../../../packs/steps.ts";
import { type Deck, evidenceOf } from "../deck.ts";
import type { Sentence } from "../search.ts";
import { clinicalIssues } from "./issues-clinical.ts";
import { regulatoryIssues } from "./issues-regulatory.ts";
import { scienceIssues } from "./issues-science.ts";
import { isStudy, type Setting } from "./statements.ts";

/** One thing an expert would stop at. `holds` gives other sentences it rests on, or null. */
export interface IssueRule {
  readonly issue: ClaimIssue;
  /** Kind of the claim when no pattern of claims names one. */
  readonly kind: string;
  readonly re: RegExp;
  readonly holds: (sentence: Sentence, setting: Setting) => readonly Sentence[] | null;
}

export interface FoundIssue {
  readonly rule: IssueRule;
  readonly others: readonly Sentence[];
}

const rules: Readonly<Record<TopicName, readonly IssueRule[]>> = {
  clinical: clinicalIssues,
  regulatory: regulatoryIssues,
  science: scienceIssues,
};

export function settingOf(deck: Deck, sentences: readonly Sentence[]): Setting {
  return { deck, sentences, hasStudy: sentences.some(isStudy) };
}

export function issuesIn(topic: TopicName, sentence: Sentence, setting: Setting): FoundIssue[] {
  return rules[topic].flatMap((rule) => {
    if (!rule.re.test(sentence.text)) return [];
    const others = rule.holds(sentence, setting);
    return others === null ? [] : [{ rule, others }];
  });
}

/** Evidence of an issue: its own sentence, and those it disagrees with. */
export const evidenceFor = (sentence: Sentence, found: readonly FoundIssue[]): Claim["evidence"] =>
  [sentence, ...found.flatMap(({ others }) => others.slice(0, 2))].map(({ slide, text }) =>
    evidenceOf(slide, text),
  );

const identifierPatterns = [
  [
    "trial",
    /\b(?:NCT\d{8}|ISRCTN\d{8}|20\d\d-5\d{5}-\d{2}(?:-\d{2})?|20\d\d-\d{6}-\d{2}|DRKS\d{8}|CTRI\/\d{4}\/\d{2,3}\/\d{6}|ChiCTR[-A-Z]*\d{8,10}|ACTRN\d{14}|jRCTs?\d{9,10}|UMIN\d{9}|KCT\d{7}|PACTR\d{15,16})\b/gu,
  ],
  ["device", /\b(?:K\d{6}|DEN\d{6}|P\d{6}(?:\/S\d{3})?|H\d{6}|G\d{6}|EUA\d{6})\b/gu],
  ["paper", /\b10\.\d{4,9}\/[^\s"<>]+|\bPMID:?\s?\d{6,8}\b/gu],
  [
    "patent",
    /\b(?:US\s?\d{1,2}[,.]?\d{3}[,.]?\d{3}\s?B[12]|US\s?20\d{2}\/\d{7}|EP\s?\d{7}(?:\s?[AB]\d)?|WO\s?20\d{2}\/\d{6}|PCT\/[A-Z]{2}20\d{2}\/\d{5,6})\b/gu,
  ],
  [
    "standard",
    /\bISO\s?(?:\/IEC\s?)?(?:13485|14971|27001|9001|42001|27701)\b|\bIEC\s?(?:62304|62366(?:-1)?|60601(?:-\d+)*|82304(?:-1)?)\b/gu,
  ],
] as const;

/** Numbers of registries, authorities, papers, patents and standards, as they stand there. */
export const identifiersIn = (text: string): Claim["identifiers"] =>
  identifierPatterns.flatMap(([kind, pattern]) =>
    [...new Set(text.match(pattern) ?? [])].map((id) => ({ kind, id, checked: false as const })),
  );
