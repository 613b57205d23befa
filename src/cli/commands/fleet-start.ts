import { parseDuration } from "../../core/autoscaler/duration.ts";
import { AppError } from "../../errors/app-error.ts";
import { type Context, runningApi } from "../context.ts";
import type { StartBody } from "../fleet-api.ts";
import { reportOrder } from "./fleet-order.ts";

export interface FleetStartOptions {
  readonly for?: string | undefined;
  readonly keep?: boolean | undefined;
  readonly reason?: string | undefined;
}

/** What the API takes. */
const keptMs = { min: 60_000, max: 7 * 86_400_000 };

/** Asks for one more replica than the policy wants. Throws FLEET_CEILING where that is too much. */
export async function fleetStart(
  context: Context,
  pool: string,
  options: FleetStartOptions,
): Promise<number> {
  const body = bodyOf(options);
  const api = await runningApi(context);
  return reportOrder(context, await api.fleet.start(pool, body, context.interrupt.signal));
}

function bodyOf({ for: kept, keep = false, reason }: FleetStartOptions): StartBody {
  if (keep && kept !== undefined) throw new AppError("USAGE", "Give one of --for and --keep.");
  const said = reason === undefined ? {} : { reason };
  if (keep) return { ...said, forSeconds: null };
  return kept === undefined ? said : { ...said, forSeconds: secondsOf(kept) };
}

function secondsOf(text: string): number {
  const ms = parseDuration(text);
  if (ms !== null && ms >= keptMs.min && ms <= keptMs.max) return ms / 1000;
  throw new AppError("USAGE", `--for must be from 1m to 7d, such as 30m or 2h, not "${text}"`);
}
