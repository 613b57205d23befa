import { AppError } from "../../errors/app-error.ts";
import { type Context, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { explainText } from "../report/explain.ts";

const forms: readonly (readonly [form: RegExp, kind: string])[] = [
  [/^[dp]_[A-Za-z0-9]+:/, "task"],
  [/^d_/, "document"],
  [/^p_/, "pipeline"],
  [/^f_/, "failure"],
  [/^[1-9]\d{0,14}$/, "decision"],
  [/^[a-z]+-[1-9]\d{0,3}(\.|$)/, "container"],
];

/** What an id names, told by its form; null: nothing that can be explained. */
export const kindOf = (id: string): string | null =>
  forms.find(([form]) => form.test(id))?.[1] ?? null;

/** Why something waits, runs, was started or failed: the sentence of the page, with what it comes from. */
export async function why(context: Context, id: string): Promise<number> {
  const { output, interrupt, flags } = context;
  const kind = kindOf(id);
  if (kind === null) {
    throw new AppError(
      "USAGE",
      `"${id}" is the id of nothing that can be explained\nIds: d_7K2 a document, d_7K2:visual_analysis a task, vision-1 a container, 412 a decision, f_0123456789ab a failure`,
    );
  }
  const api = await runningApi(context);
  const told = await api.failures.explain(kind, id, interrupt.signal);
  if (output.json) {
    output.object("explanation", told);
    return exitCodes.ok;
  }
  const columns = Math.min(100, Math.max(40, output.size().columns));
  const [link] = told.links;
  const base = link === undefined ? "" : `${api.url}${link.path}`;
  output.data(explainText(told, output.style, { utc: flags.utc, columns, base }));
  return exitCodes.ok;
}
