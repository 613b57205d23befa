import type { DocumentSummary, TaskProgress } from "../../contract/documents.ts";
import { unreadWords } from "../../core/pipeline/slide-state.ts";
import { versionWords } from "../../core/portfolio/version-words.ts";
import { engineId, engineWords } from "../../report/words.ts";
import type { Style } from "../style.ts";
import { cell, clip, dateText, leftText, oneLine, plural, secondsText, wrap } from "../text.ts";

const columns = 80;
const label = 12;

/** Everything known about where a document stands, for 80 columns. */
export function statusText(document: DocumentSummary, style: Style, utc: boolean): string {
  const { colors } = style;
  const { pipeline, name, id, pages, company, createdAt } = document;
  const { progress } = pipeline;
  const row = (title: string, text: string): string => {
    const [first = "", ...more] = wrap(oneLine(text), columns - label);
    const rest = more.map((line) => " ".repeat(label) + line);
    return [colors.dim(cell(title, label, style)) + first, ...rest].join("\n");
  };
  const isOpen = pipeline.state === "active" || pipeline.state === "fetching";
  const left = isOpen ? `, ${leftText(progress)}` : "";
  const version = versionWords(document).replace(/^version /, "");
  const rows = [
    row("State", `${pipeline.status.name}: ${pipeline.status.sentence}`),
    row("Progress", `${progress.percent} %${left}`),
    ...progress.notes.map(({ sentence, decision }) =>
      row("Note", decision === null ? sentence : `${sentence} (pilotlight why ${decision})`),
    ),
    ...(company === null ? [] : [row("Company", company)]),
    ...(version === "" ? [] : [row("Version", version)]),
    row("Read by", engineWords(engineId(pipeline.engine))),
    row("Accepted", `${dateText(createdAt, utc)}, ${secondsText(pipeline.seconds)} in all`),
    row("Pipeline", `${pipeline.id}, ${pipeline.pack.name} version ${pipeline.pack.version}`),
  ];
  if (pipeline.failure !== null) rows.push(row("Failure", failureText(pipeline.failure)));
  const title = clip(oneLine(name), 40, style);
  const head = `${colors.bold(title)}  ${id}, ${plural(pages, "slide")}`;
  return [
    head,
    ...rows,
    "",
    ...progress.tasks.flatMap((task) => taskLines(task, pages, style)),
  ].join("\n");
}

const failureText = ({ title, detail, next }: NonNullable<TaskProgress["failure"]>): string =>
  [title, detail, next].filter((part) => part !== null).join(" ");

function taskLines(task: TaskProgress, pages: number, style: Style): string[] {
  const { colors } = style;
  const notes: string[] = [];
  if (task.applicable === false) notes.push(`does not apply: ${task.reason ?? ""}`);
  if (task.gaps.length > 0) notes.push(`without slides ${task.gaps.join(", ")}`);
  if (task.failure !== null) notes.push(failureText(task.failure));
  const unread = unreadBy(task, pages);
  if (unread !== "") notes.push(unread);
  const counts = task.total === null ? "" : `${task.done ?? 0}/${task.total}`;
  const time = task.seconds === null ? "" : secondsText(task.seconds);
  const round = task.round > 1 ? `, round ${task.round}` : "";
  const again = task.attempt > 1 ? `attempt ${task.attempt}${round}` : "";
  const state = cell(stateWord(task.state), 10, style);
  const tint = { done: colors.green, dead: colors.red, leased: colors.cyan }[task.state as "done"];
  const line = [
    cell(task.task, 26, style),
    tint === undefined ? state : tint(state),
    cell(counts, 8, style),
    cell(time, 8, style),
    cell(task.container ?? "", 11, style),
    again,
  ].join(" ");
  const more = notes.flatMap((note) => wrap(oneLine(note), columns - 4));
  return [line.trimEnd(), ...more.map((text) => `    ${colors.dim(text)}`)];
}

/** Of the task that reads slides, once it has ended without all of them. Slides that failed are its gaps. */
function unreadBy({ task, state, done, total, gaps }: TaskProgress, pages: number): string {
  const hasEnded = state === "dead" || state === "cancelled" || state === "skipped";
  if (task !== "visual_analysis" || !hasEnded) return "";
  return unreadWords((total ?? pages) - (done ?? 0) - gaps.length);
}

/** A lease is our word; people see a task that runs. */
const stateWord = (state: TaskProgress["state"]): string =>
  state === "leased" ? "running" : state;
