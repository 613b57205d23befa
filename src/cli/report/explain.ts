import type { Explanation } from "../../contract/explain.ts";
import type { Style } from "../style.ts";
import { dateText, oneLine, wrap } from "../text.ts";

const isInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/;

/** The sentence, what it comes from as a table, what would change it, and the next step. */
export function explainText(
  { name, kind, code, sentence, inputs, changes, next }: Explanation,
  style: Style,
  {
    utc,
    columns,
    base,
  }: { readonly utc: boolean; readonly columns: number; readonly base: string },
): string {
  const { colors } = style;
  const wide = Math.min(44, Math.max(8, ...inputs.map((row) => row.name.length)) + 2);
  const room = Math.max(24, columns - wide);
  const rows = inputs.flatMap(({ name: title, value, unit }) => {
    const shown = isInstant.test(value) ? dateText(value, utc) : oneLine(value);
    const [first = "", ...more] = wrap(`${shown}${unit === null ? "" : ` ${unit}`}`, room);
    const head = `${oneLine(title)} `.padEnd(wide);
    return [`${colors.dim(head)}${first}`, ...more.map((line) => " ".repeat(wide) + line)];
  });
  return [
    `${colors.bold(oneLine(name))}  ${colors.dim([kind, code].filter(Boolean).join(" "))}`,
    ...wrap(oneLine(sentence), columns),
    ...(rows.length === 0 ? [] : ["", ...rows]),
    ...(changes.length === 0 ? [] : ["", colors.dim("What would change it:")]),
    ...changes.flatMap((change) => wrap(oneLine(change), columns - 2).map((line) => `  ${line}`)),
    "",
    ...(next === null ? ["Nothing to do."] : [`Next: ${next}`]),
    base,
  ].join("\n");
}
