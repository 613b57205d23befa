import { type CostGrouping, costGroupings } from "../../contract/costs.ts";
import { AppError } from "../../errors/app-error.ts";
import { type Context, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { type CostAsk, readCosts, readCostsCsv } from "../money-api.ts";
import { periodOf } from "../period.ts";
import { costsText } from "../report/costs.ts";

export interface CostOptions {
  readonly for: string;
  readonly by: string;
  readonly baseline?: string | undefined;
  readonly csv?: true;
}

const baselineMax = 10_000_000;

/** What a time cost. Nothing spent is no failure. */
export async function costReport(context: Context, options: CostOptions): Promise<number> {
  const { output, interrupt, clock } = context;
  const ask: CostAsk = {
    ...periodOf(options.for, clock.nowMs()),
    by: groupingOf(options.by),
    baseline: baselineOf(options.baseline),
  };
  if (options.csv && output.json) throw new AppError("USAGE", "--csv and --json are two answers");
  const api = await runningApi(context);
  if (options.csv) {
    output.data(await readCostsCsv(api, ask, interrupt.signal));
    return exitCodes.ok;
  }
  const costs = await readCosts(api, ask, interrupt.signal);
  if (output.json) output.object("costs", costs);
  else output.data(costsText(costs, output.style));
  return exitCodes.ok;
}

function groupingOf(text: string): CostGrouping {
  const known = costGroupings.find((one) => one === text);
  if (known !== undefined) return known;
  throw new AppError("USAGE", `--by must be one of ${costGroupings.join(", ")}, not "${text}"`);
}

function baselineOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const usd = Number(text);
  if (text.trim() !== "" && usd >= 0 && usd <= baselineMax) return usd;
  throw new AppError("USAGE", `--baseline must be dollars a month, such as 800, not "${text}"`);
}
