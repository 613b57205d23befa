import type {
  PackActivated,
  PackContent,
  PackDiff,
  PackDraftAnswer,
  PackList,
  PackTrialView,
  PackVersionView,
} from "../../contract/packs.ts";
import { packWords } from "../../report/words.ts";
import type { Style } from "../style.ts";
import { dateText, oneLine, plural } from "../text.ts";
import { tableText } from "./table.ts";

export function packsText({ packs }: PackList, style: Style): string {
  const rows = packs.map(({ name, active, newest, drafts }) => [
    name,
    active === null ? "none" : String(active.version),
    active?.hash ?? "",
    String(newest),
    String(drafts),
    oneLine(active?.title ?? ""),
  ]);
  return tableText(["PACK", "ACTIVE", "HASH", "NEWEST", "DRAFTS", "TITLE"], rows, style, [0, 2, 5]);
}

export function versionsText(
  versions: readonly PackVersionView[],
  style: Style,
  utc: boolean,
): string {
  const rows = versions.map((one) => [
    String(one.version),
    one.state,
    one.hash,
    dateText(one.at, utc),
    `${one.source}, ${oneLine(one.by ?? "unknown")}`,
    String(one.running),
    String(one.documents),
    oneLine(
      [one.parent === null ? "" : `from ${one.parent}`, one.note ?? ""].filter(Boolean).join(": "),
    ),
  ]);
  const heads = ["VERSION", "STATE", "HASH", "MADE", "BY", "RUNNING", "RUNS", "NOTE"];
  return tableText(heads, rows, style, [1, 2, 3, 4, 7]);
}

export function contentText(pack: PackContent, style: Style, utc: boolean): string {
  const { colors } = style;
  const made = `${pack.source}, by ${oneLine(pack.by ?? "unknown")}, ${dateText(pack.at, utc)}`;
  const active =
    pack.activatedAt === null
      ? []
      : [
          `Activated  ${dateText(pack.activatedAt, utc)}, by ${oneLine(pack.activatedBy ?? "unknown")}`,
        ];
  return [
    `${colors.bold(packWords(pack))}  ${pack.state}  ${oneLine(pack.title)}`,
    `Made       ${made}`,
    ...(pack.note === null ? [] : [`Note       ${oneLine(pack.note)}`]),
    ...(pack.parent === null ? [] : [`From       version ${pack.parent}`]),
    ...active,
    "",
    ...trialLines(pack.trial, style),
    "",
    "Files",
    ...Object.entries(pack.files).map(([path, text]) => `  ${path}  ${colors.dim(sizeText(text))}`),
  ].join("\n");
}

const sizeText = (text: string): string =>
  plural(text.replace(/\n$/, "").split("\n").length, "line");

/** What a pipeline does, wave by wave. */
function trialLines({ order, tasks, warnings }: PackTrialView, { colors }: Style): string[] {
  const about = new Map(tasks.map((task) => [task.task, task]));
  const lines = order.flatMap((wave, index) =>
    wave.map((name) => {
      const task = about.get(name);
      return `  ${index + 1}  ${name}  ${colors.dim(`${task?.step ?? ""}, ${task?.pool ?? ""}`)}`;
    }),
  );
  return ["Tasks", ...lines, ...warnings.map((one) => colors.yellow(`  warning: ${one}`))];
}

export function diffText({ parts, name, from, to }: PackDiff, style: Style): string {
  if (parts.length === 0) return `${name}: versions ${from} and ${to} have the same files.`;
  return parts.map(({ patch }) => coloured(patch.trimEnd(), style)).join("\n");
}

function coloured(patch: string, { colors }: Style): string {
  const tint = (line: string): string => {
    if (line.startsWith("+++") || line.startsWith("---")) return colors.bold(line);
    if (line.startsWith("@@")) return colors.cyan(line);
    if (line.startsWith("+")) return colors.green(line);
    return line.startsWith("-") ? colors.red(line) : line;
  };
  return patch.split("\n").map(tint).join("\n");
}

export function draftText({ version, existing, trial }: PackDraftAnswer, style: Style): string {
  const what = existing
    ? `Nothing new: this is ${packWords(version)}, ${version.state}.`
    : `Kept as a draft: ${packWords(version)}.`;
  const word = `${version.name}@${version.version}`;
  const next =
    version.state === "active"
      ? []
      : [
          `Try it:      pilotlight run --pack ${word} FILE`,
          `Let it in:   pilotlight pack activate ${word}`,
        ];
  const warnings = trial.warnings.map((one) => style.colors.yellow(`warning: ${one}`));
  return [what, ...warnings, ...next].join("\n");
}

export function activatedText({ version, before, warnings }: PackActivated, style: Style): string {
  const same = before === version.version;
  const first = same
    ? `${packWords(version)} was active already.`
    : `${packWords(version)} is active: new documents are run with it.`;
  const running = before === null || same ? [] : [`Pipelines at work keep version ${before}.`];
  const back = before === null || same ? [] : [`Back:  pilotlight pack rollback ${version.name}`];
  const warned = warnings.map((one) => style.colors.yellow(`warning: ${one}`));
  return [first, ...running, ...warned, ...back].join("\n");
}
