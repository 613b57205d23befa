import type { BatchDetail, BatchSummary } from "../../contract/batches.ts";
import type { Style } from "../style.ts";
import { cell, clip, dateText, oneLine, plural, secondsText, wrap } from "../text.ts";

const columns = 80;
const label = 12;

/** Everything known about where a batch stands, for 80 columns. */
export function batchText(batch: BatchDetail, style: Style, utc: boolean): string {
  const { colors } = style;
  const { id, name, documents, status, percent, createdAt, finishedAt, failures } = batch;
  const row = (title: string, text: string): string => {
    const [first = "", ...more] = wrap(oneLine(text), columns - label);
    const rest = more.map((line) => " ".repeat(label) + line);
    return [colors.dim(cell(title, label, style)) + first, ...rest].join("\n");
  };
  const took =
    finishedAt === null
      ? ""
      : `, ended after ${secondsText((Date.parse(finishedAt) - Date.parse(createdAt)) / 1000)}`;
  const head = `${colors.bold(clip(oneLine(name), 40, style))}  ${id}, ${plural(documents, "document")}`;
  const lines = [
    head,
    row("State", `${status.name}: ${status.sentence}`),
    row("Progress", `${percent} %`),
    row("Accepted", `${dateText(createdAt, utc)}${took}`),
  ];
  if (failures.length > 0) lines.push("", ...failures.flatMap((one) => failureLines(one, style)));
  return lines.join("\n");
}

function failureLines(
  { document, name, failure }: BatchDetail["failures"][number],
  style: Style,
): string[] {
  const { colors } = style;
  const why = [failure.title, failure.detail, failure.next].filter(Boolean).join(" ");
  return [
    `${document}  ${clip(oneLine(name), 48, style)} ${colors.red(`[${failure.code}]`)}`,
    ...wrap(oneLine(why), columns - 4).map((line) => `    ${colors.dim(line)}`),
  ];
}

/** One line a batch. @param width of the terminal; null: names are never cut */
export function batchListText(
  batches: readonly BatchSummary[],
  style: Style,
  { utc, width }: { readonly utc: boolean; readonly width: number | null },
): string {
  const ids = Math.max(8, ...batches.map(({ id }) => id.length));
  const room = width === null ? Number.POSITIVE_INFINITY : width - ids - 18 - 9 - 20 - 4;
  const lineOf = (id: string, state: string, count: string, at: string, name: string): string =>
    [
      cell(id, ids, style),
      cell(state, 18, style),
      cell(count, 9, style),
      cell(at, 20, style),
      clip(name, room, style),
    ].join(" ");
  const lines = batches.map(({ id, status, percent, documents, createdAt, name }) => {
    const state = percent === 100 ? status.name : `${percent} % ${status.name}`;
    return lineOf(id, state, String(documents), dateText(createdAt, utc), oneLine(name));
  });
  const head = lineOf("BATCH", "STATE", "DOCUMENTS", "ACCEPTED", "NAME");
  return [style.colors.dim(head), ...lines].join("\n");
}
