import type { HistoryAnswer, PolicyVersionView, VersionsAnswer } from "../../contract/tuning.ts";
import { sentenceOf } from "../../services/nightly-tuner.ts";
import { usd } from "../../sim/report/words.ts";
import type { Change, Predicted, Proposal } from "../../sim/tune/propose.ts";
import type { Style } from "../style.ts";
import { dateText, oneLine, plural, wrap } from "../text.ts";
import { minutes } from "./study.ts";
import { tableText } from "./table.ts";

const width = 80;

/** What was replayed, what is proposed, and what it would change. */
export function proposalText(
  proposal: Proposal,
  recorded: HistoryAnswer,
  style: Style,
  utc: boolean,
): string {
  const since = recorded.since === null ? "" : ` since ${dateText(recorded.since, utc)}`;
  const version = recorded.version === null ? "as configured" : `version ${recorded.version}`;
  const head = [
    `History   ${plural(recorded.documents, "document")}${since}`,
    `Now       ${recorded.current.policy}${settingsWords(recorded.current.settings)}, ${version}`,
  ];
  const assumed =
    recorded.assumed.length === 0 || proposal.kind === "too-little"
      ? []
      : wrap(`Assumed, for want of records: ${recorded.assumed.join(", ")}.`, width).map((line) =>
          style.colors.dim(line),
        );
  const sentence = wrap(sentenceOf(proposal), width);
  return [...head, ...assumed, "", ...sentence, ...changesOf(proposal, style)].join("\n");
}

function changesOf(proposal: Proposal, style: Style): string[] {
  if (proposal.kind === "too-little") return [];
  if (proposal.kind === "keep") {
    const { nearest } = proposal;
    if (nearest === null) return [];
    return [
      "",
      `The best other: ${nearest.policy}${settingsWords(nearest.settings)}`,
      predictedText(nearest.predicted, style),
    ];
  }
  const name = `${proposal.policy}${settingsWords(proposal.settings)}`;
  return ["", style.colors.bold(name), predictedText(proposal.predicted, style)];
}

/** Figures of the half of the history that did not choose. */
function predictedText(
  { usdPerDocument, p95Ms, onTime, documents }: Predicted,
  style: Style,
): string {
  const row = (name: string, change: Change, word: (value: number) => string): string[] => [
    ...[name, word(change.before), word(change.after)],
    `${signed(change.low, word)} to ${signed(change.high, word)}`,
  ];
  const rows = [
    row("cost of a document", usdPerDocument, usd),
    row("95 % done within", p95Ms, (ms) => minutes(Math.abs(ms))),
    row("text ready in time", onTime, (share) => `${(share * 100).toFixed(1)} %`),
  ];
  const table = tableText(["", "NOW", "THEN", "CHANGE, 95 % RANGE"], rows, style, [0]);
  return `${table}\n${style.colors.dim(`Replayed on the newer half: ${plural(documents, "document")}.`)}`;
}

function signed(value: number, word: (value: number) => string): string {
  if (value === 0) return word(0);
  return `${value < 0 ? "-" : "+"}${word(Math.abs(value))}`;
}

export function versionsText(
  { versions, proposal, configured }: VersionsAnswer,
  style: Style,
  utc: boolean,
): string {
  const rows = versions.map((one) => [
    String(one.version),
    dateText(one.at, utc),
    oneLine(one.by),
    `${policyWords(one)}${one.reverts === null ? "" : ` (as version ${one.reverts})`}`,
  ]);
  const list =
    versions.length === 0
      ? `No version was let in: the configuration counts (${configured}).`
      : tableText(["VERSION", "SINCE", "BY", "POLICY"], rows, style, [0, 1, 2, 3]);
  if (proposal === null) return list;
  const when = dateText(proposal.at, utc);
  return [list, "", ...wrap(`Last nightly proposal, ${when}: ${proposal.sentence}`, width)].join(
    "\n",
  );
}

const policyWords = ({ policy, settings }: PolicyVersionView): string =>
  policy === null ? "what the configuration says" : `${policy}${settingsWords(settings)}`;

function settingsWords(settings: PolicyVersionView["settings"]): string {
  const caps = [
    ["vision", settings.vision_container_scaling?.max_replicas],
    ["text", settings.text_container_scaling?.max_replicas],
  ].flatMap(([pool, most]) => (most === undefined ? [] : [`${pool} up to ${most}`]));
  return caps.length === 0 ? "" : `, ${caps.join(", ")}`;
}

export const appliedText = (version: number): string =>
  `Version ${version} counts from the next start of a control plane on, or when another one takes the lead.`;
