import type { FailureDetail, FailureGroupView, GroupRetryAnswer } from "../../contract/failures.ts";
import type { Style } from "../style.ts";
import { cell, dateText, logLine, oneLine, plural, secondsText, wrap } from "../text.ts";

export interface FailureLook {
  readonly utc: boolean;
  /** null, a pipe: one line each, nothing wrapped. */
  readonly columns: number | null;
}

/** Of one cause; the newest tell most. */
const attemptsShown = 10;
const logShown = 6;

const times = (count: number): string => (count === 1 ? "once" : `${count} times`);

/** "Trying again helped 4 of 5 times." */
const helped = ({ retried, helped: well }: FailureGroupView): string =>
  retried === 0 ? "not tried again yet" : `trying again helped ${well} of ${times(retried)}`;

/** A group a line, its sentence below; where nothing may be wrapped, one line each. */
export function groupsText(
  groups: readonly FailureGroupView[],
  style: Style,
  { utc, columns }: FailureLook,
): string {
  const { colors } = style;
  const stages = Math.max(5, ...groups.map(({ stage }) => stage.length));
  const head = ["FINGERPRINT".padEnd(14), "STATE".padEnd(12), "COUNT", " DECKS", "LAST".padEnd(20)];
  if (columns === null) head.push("STAGE".padEnd(stages), "WHAT");
  const lines = groups.flatMap((group) => {
    const { fingerprint, state, count, documents, lastAt, stage, sentence, message } = group;
    const tint = state === "open" ? colors.red : state === "healing" ? colors.yellow : String;
    const facts = [
      fingerprint,
      tint(cell(state, 12, style)),
      String(count).padStart(5),
      String(documents).padStart(6),
      cell(dateText(lastAt, utc), 20, style),
    ].join(" ");
    const words = oneLine([sentence, message].filter((part) => part !== "").join(" "));
    if (columns === null) return [`${facts} ${cell(stage, stages, style)} ${words}`];
    const about = [`${stage}: ${words}`, `${helped(group)}`];
    return [
      facts.trimEnd(),
      ...about.flatMap((text) =>
        wrap(text, Math.max(36, columns - 4)).map((line) => `    ${line}`),
      ),
    ];
  });
  return [colors.dim(head.join(" ").trimEnd()), ...lines].join("\n");
}

/** One group: what it is, its attempts, and what their containers said last. */
export function groupText(
  { group, attempts, isPart }: FailureDetail,
  style: Style,
  look: FailureLook,
): string {
  const { colors } = style;
  const {
    sentence,
    message,
    code,
    stage,
    state,
    next,
    engines,
    packs,
    acknowledgement: said,
  } = group;
  const row = (title: string, text: string): string[] =>
    text === "" ? [] : [`${colors.dim(title.padEnd(10))} ${oneLine(text)}`];
  return [
    `${colors.bold(group.fingerprint)}  ${sentence} ${colors.dim(`[${code}]`)}`,
    ...row("Stage", stage),
    ...row("Message", message),
    ...row("State", state),
    ...row(
      "Count",
      `${times(group.count)} in ${plural(group.documents, "document")}, ${helped(group)}`,
    ),
    ...row("First", dateText(group.firstAt, look.utc)),
    ...row("Last", dateText(group.lastAt, look.utc)),
    ...row("Engine", engines.join(", ")),
    ...row("Pack", packs.join(", ")),
    ...(said === null ? [] : row("Said", `${said.kind} by ${said.by}: ${said.note ?? "no note"}`)),
    ...row("Next", next),
    "",
    ...attempts.slice(0, attemptsShown).flatMap((attempt) => attemptLines(attempt, style, look)),
    ...(isPart || attempts.length > attemptsShown
      ? [`Only the newest ${Math.min(attemptsShown, attempts.length)}; more: --json`]
      : []),
  ].join("\n");
}

const slidesText = (slides: readonly number[]): string =>
  slides.length === 1 ? `slide ${slides[0]}` : `slides ${slides.join(", ")}`;

function attemptLines(
  one: FailureDetail["attempts"][number],
  { colors }: Style,
  { utc }: FailureLook,
): string[] {
  const parts = [
    dateText(one.at, utc),
    one.document ?? "refused",
    oneLine(one.name),
    ...(one.slides.length === 0 ? [] : [slidesText(one.slides)]),
    ...(one.attempt === null ? [] : [`attempt ${one.attempt}`]),
    ...(one.container === null ? [] : [one.container]),
    `(${one.standing})`,
  ];
  return [
    parts.join("  "),
    ...(one.detail === null ? [] : [`    ${oneLine(one.detail)}`]),
    ...(one.log ?? []).slice(-logShown).map(({ line }) => colors.dim(`    | ${logLine(line)}`)),
  ];
}

const usd = (microUsd: number): string => `$${(microUsd / 1e6).toFixed(microUsd < 10_000 ? 4 : 2)}`;

/** "37 slides in 12 documents, about 4 min of work, about $0.31" and how it is paced. */
export function previewLines(preview: GroupRetryAnswer): string[] {
  const { documents, slides, tasks, workSeconds, microUsd, perStep, stepSeconds, left } = preview;
  const what = slides > 0 ? plural(slides, "slide") : plural(tasks, "task");
  const work = workSeconds === null ? "" : `, about ${secondsText(workSeconds)} of work`;
  const cost = microUsd === null ? "" : `, about ${usd(microUsd)}`;
  return [
    `${what} in ${plural(documents.length, "document")}${work}${cost}`,
    `${preview.costNote} ${perStep} documents every ${stepSeconds} s.`,
    ...(left > 0 ? [`${plural(left, "document")} more after these, not in the figures.`] : []),
  ];
}
