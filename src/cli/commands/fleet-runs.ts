import { type Context, runningApi } from "../context.ts";
import { countOption } from "../count-option.ts";
import { exitCodes } from "../exit-codes.ts";
import { runsText } from "../report/runs.ts";

export interface FleetRunsOptions {
  readonly pool?: string | undefined;
  readonly limit: string;
}

const limitMax = 500;

/** Runs of replicas, newest first. An empty list is no failure. */
export async function fleetRuns(context: Context, options: FleetRunsOptions): Promise<number> {
  const { output, flags, interrupt } = context;
  const limit = countOption("limit", options.limit, limitMax);
  const api = await runningApi(context);
  const { runs, nextBefore } = await api.fleet.runs(
    { pool: options.pool, limit },
    interrupt.signal,
  );
  if (output.json) output.object("runs", { runs, nextBefore });
  else if (runs.length === 0) output.say("No replica has run yet.");
  else output.data(runsText(runs, output.style, flags.utc));
  return exitCodes.ok;
}
