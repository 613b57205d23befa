import { type Context, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { readRollout } from "../money-api.ts";
import { rolloutText } from "../report/slos.ts";

/** Where the move from the old server stands. */
export async function rolloutStatus(context: Context): Promise<number> {
  const { output, interrupt } = context;
  const rollout = await readRollout(await runningApi(context), interrupt.signal);
  if (output.json) output.object("rollout", rollout);
  else output.data(rolloutText(rollout, output.style));
  return exitCodes.ok;
}
