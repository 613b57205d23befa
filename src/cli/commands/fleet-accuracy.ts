import { parseDuration } from "../../core/autoscaler/duration.ts";
import { AppError } from "../../errors/app-error.ts";
import { type Context, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { accuracyText } from "../report/accuracy.ts";

export interface FleetAccuracyOptions {
  readonly since: string;
}

/** What the API takes. */
const sinceMs = { min: 60_000, max: 31 * 86_400_000 };

/** Predictive scaling accuracy with what stands beside it. Too few documents are no failure. */
export async function fleetAccuracy(
  context: Context,
  { since }: FleetAccuracyOptions,
): Promise<number> {
  const { output, interrupt, flags } = context;
  const sinceSeconds = secondsOf(since);
  const api = await runningApi(context);
  const answer = await api.fleet.accuracy({ sinceSeconds }, interrupt.signal);
  if (output.json) output.object("accuracy", answer);
  else output.data(accuracyText(answer, output.style, flags.utc));
  return exitCodes.ok;
}

function secondsOf(text: string): number {
  const ms = parseDuration(text);
  if (ms !== null && ms >= sinceMs.min && ms <= sinceMs.max) return Math.round(ms / 1000);
  throw new AppError("USAGE", `--since must be from 1m to 31d, such as 24h or 7d, not "${text}"`);
}
