import type { ReopenAnswer } from "../../contract/documents.ts";
import { AppError } from "../../errors/app-error.ts";
import { type Context, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";

export interface ReopenOptions {
  /** A task or a layer, whichever it is. */
  readonly from?: string | undefined;
  readonly task?: string | undefined;
  readonly layer?: string | undefined;
  /** Numbers with commas between. */
  readonly slides?: string | undefined;
  /** Of a retry: finish without the slides that failed. */
  readonly skipFailed?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

/** Tries again what failed (`retry`), or does finished work again as a new generation (`rerun`). */
export async function reopen(
  context: Context,
  kind: "retry" | "rerun",
  id: string,
  options: ReopenOptions,
): Promise<number> {
  const { output, interrupt } = context;
  const from = fromOf(options);
  const { dryRun = false } = options;
  const api = await runningApi(context);
  const skip = options.skipFailed === true ? { skipFailed: true } : {};
  const body = { dryRun, ...(from === undefined ? {} : { from }), ...slidesOf(options), ...skip };
  const answer = await api.reopen(kind, id, body, interrupt.signal);
  if (output.json) {
    output.object(kind, answer);
    return exitCodes.ok;
  }
  for (const line of linesOf(kind, id, answer)) output.data(line);
  if (!dryRun) output.say(`Follow it: pilotlight watch ${id}`);
  return exitCodes.ok;
}

function linesOf(kind: "retry" | "rerun", id: string, answer: ReopenAnswer): string[] {
  const { kept, redone, generation, dryRun, sentence } = answer;
  const lines = [
    sentence,
    `${dryRun ? "Would be done again" : "Done again"}: ${redone.length === 0 ? "nothing" : redone.join(", ")}`,
    `Kept: ${kept.length === 0 ? "nothing" : kept.join(", ")}`,
  ];
  const results = `pilotlight results ${id} --generation ${generation - 1}`;
  const older = `results of older ones stay: ${results}`;
  return kind === "rerun" ? [...lines, `Generation: ${generation}; ${older}`] : lines;
}

function slidesOf({ slides }: ReopenOptions): { readonly slides?: number[] } {
  if (slides === undefined) return {};
  if (!/^[1-9]\d{0,4}(?:,[1-9]\d{0,4})*$/.test(slides)) {
    throw new AppError("USAGE", "--slides must be numbers with commas between, such as 7,9");
  }
  return { slides: slides.split(",").map(Number) };
}

function fromOf({ from, task, layer }: ReopenOptions): string | number | undefined {
  const given = [from, task, layer].filter((part) => part !== undefined);
  if (given.length > 1) throw new AppError("USAGE", "Give one of --task, --layer and --from.");
  if (layer !== undefined && !/^\d{1,4}$/.test(layer)) {
    throw new AppError("USAGE", "--layer must be a layer's number");
  }
  if (task !== undefined) return task;
  const [only] = given;
  return only !== undefined && /^\d+$/.test(only) ? Number(only) : only;
}
