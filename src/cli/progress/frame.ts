import { errorCodes } from "../../errors/codes.ts";
import type { Style } from "../style.ts";
import { cell, clip, leftText, oneLine, secondsText, widthOf } from "../text.ts";
import type { Tracked } from "./progress.ts";

export interface FrameSize {
  readonly columns: number;
  readonly rows: number;
}

const nameMax = 26;
const barMax = 22;
/** Above this many documents each gets one line; below, its sentence stands under the bar. */
const withSentence = 3;

/**
 * The lines that show these documents now: one bar each, the running ones first when there is no room
 * for all. No line is wider than the terminal, so that it can be redrawn in place.
 */
export function frameOf(all: readonly Tracked[], size: FrameSize, style: Style): string[] {
  const columns = Math.max(19, size.columns - 1);
  const room = Math.max(1, size.rows - 2);
  const running = all.filter(isOpen);
  const isDetailed = running.length <= withSentence;
  const linesOf = (tracked: Tracked): number => (isDetailed && isOpen(tracked) ? 2 : 1);
  const needed = all.reduce((lines, tracked) => lines + linesOf(tracked), 0);
  const shown = needed <= room ? all : running.slice(0, Math.max(1, room - 1));
  const nameRoom = Math.min(nameMax, columns - 12);
  const nameColumns = Math.min(nameRoom, Math.max(4, ...shown.map((one) => widthOf(nameOf(one)))));
  const lines = shown.flatMap((tracked) => {
    const bar = barLine(tracked, nameColumns, columns, style);
    const sentence = tracked.document?.pipeline.status.sentence;
    if (needed > room || linesOf(tracked) === 1 || sentence === undefined) return [bar];
    return [bar, `  ${clip(oneLine(sentence), columns - 2, style)}`];
  });
  const hidden = all.length - shown.length;
  if (hidden > 0) {
    const ended = all.length - running.length;
    const more = `and ${hidden} more; ${ended} of ${all.length} ended`;
    lines.push(style.colors.dim(clip(more, columns, style)));
  }
  return lines;
}

const isOpen = ({ document, refusal }: Tracked): boolean => {
  if (refusal !== null) return false;
  const state = document?.pipeline.state ?? "active";
  return state === "active" || state === "fetching";
};

const nameOf = (tracked: Tracked): string => oneLine(tracked.name);

function barLine(tracked: Tracked, nameColumns: number, columns: number, style: Style): string {
  const name = cell(nameOf(tracked), nameColumns, style);
  const room = columns - nameColumns - 2;
  const { refusal, document } = tracked;
  if (refusal !== null) {
    const reason = clip(`refused: ${errorCodes[refusal.code].title}`, room, style);
    return `${name}  ${style.colors.red(reason)}`;
  }
  const percent = document?.pipeline.progress.percent ?? 0;
  const barColumns = Math.max(0, Math.min(barMax, room - 8));
  const tail = clip(tailOf(tracked), Math.max(0, room - barColumns - 8), style);
  const shown = `${String(percent).padStart(4)} %  ${colored(tracked, tail, style)}`;
  return `${name}  ${bar(percent, barColumns, style)}${shown}`.trimEnd();
}

function bar(percent: number, columns: number, { colors, unicode }: Style): string {
  const filled = Math.floor((percent / 100) * columns);
  const [on, off] = unicode ? ["━", "─"] : ["#", "-"];
  return colors.cyan(on.repeat(filled)) + colors.dim(off.repeat(columns - filled));
}

function tailOf({ document }: Tracked): string {
  if (document === null) return "sending";
  const { state, status, progress, seconds } = document.pipeline;
  if (state !== "active" && state !== "fetching") {
    return `${status.name.toLowerCase()} in ${secondsText(seconds)}`;
  }
  const over = progress.tasks.filter((task) => ["done", "dead", "skipped"].includes(task.state));
  const counts = `${over.length}/${progress.tasks.length} tasks`;
  return `${counts}, ${leftText(progress)}`;
}

function colored({ document }: Tracked, text: string, { colors }: Style): string {
  switch (document?.pipeline.state) {
    case "done":
      return colors.green(text);
    case "done_with_gaps":
      return colors.yellow(text);
    case "failed":
    case "cancelled":
      return colors.red(text);
    default:
      return text;
  }
}
