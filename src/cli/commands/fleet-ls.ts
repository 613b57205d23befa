import { type Context, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { fleetText } from "../report/fleet.ts";

export interface FleetLsOptions {
  readonly all?: boolean | undefined;
}

/** Pools, replicas and providers as they are now. */
export async function fleetLs(context: Context, { all = false }: FleetLsOptions): Promise<number> {
  const { output, interrupt, flags, clock } = context;
  const api = await runningApi(context);
  const fleet = await api.fleet.get(interrupt.signal);
  if (output.json) output.object("fleet", fleet);
  else {
    const columns = output.stdoutIsTty ? output.size().columns : null;
    const view = { utc: flags.utc, columns, nowMs: clock.nowMs(), all };
    output.data(fleetText(fleet, output.style, view));
  }
  return exitCodes.ok;
}
