import { type Context, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";

export interface RetryOptions {
  readonly from?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

/** Tries again what failed, or everything from a task or layer on. */
export async function retry(context: Context, id: string, options: RetryOptions): Promise<number> {
  const { output, interrupt } = context;
  const api = await runningApi(context);
  const { from, dryRun = false } = options;
  const layer = from !== undefined && /^\d+$/.test(from) ? Number(from) : from;
  const body = { dryRun, ...(layer === undefined ? {} : { from: layer }) };
  const answer = await api.retry(id, body, interrupt.signal);
  if (output.json) {
    output.object("retry", answer);
    return exitCodes.ok;
  }
  const kept = answer.kept.length === 0 ? "nothing" : answer.kept.join(", ");
  output.data(`${dryRun ? "Would be done again" : "Done again"}: ${answer.redone.join(", ")}`);
  output.data(`Kept: ${kept}`);
  if (!dryRun) output.say(`Follow it: pilotlight watch ${id}`);
  return exitCodes.ok;
}
