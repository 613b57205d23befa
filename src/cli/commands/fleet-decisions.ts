import type { DecisionView } from "../../contract/fleet.ts";
import { AppError } from "../../errors/app-error.ts";
import type { Api } from "../api-client.ts";
import { type Context, runningApi } from "../context.ts";
import { countOption } from "../count-option.ts";
import { exitCodes } from "../exit-codes.ts";
import { decisionsText, whyText } from "../report/decisions.ts";

export interface FleetDecisionsOptions {
  readonly pool?: string | undefined;
  readonly replica?: string | undefined;
  readonly limit: string;
  readonly why?: string | undefined;
}

const limitMax = 10_000;
const pageMax = 500;

/** Decisions, newest first, or with `--why` one with its inputs. An empty list is no failure. */
export async function fleetDecisions(
  context: Context,
  options: FleetDecisionsOptions,
): Promise<number> {
  const { output, flags } = context;
  const limit = countOption("limit", options.limit, limitMax);
  if (options.why !== undefined) return why(context, options.why);
  const api = await runningApi(context);
  const { decisions, nextBefore } = await collect(context, api, options, limit);
  if (output.json) output.object("decisions", { decisions, nextBefore });
  else if (decisions.length === 0) output.say("No decisions.");
  else {
    const columns = output.stdoutIsTty ? output.size().columns : null;
    output.data(decisionsText(decisions, output.style, { utc: flags.utc, columns }));
    if (nextBefore === null) return exitCodes.ok;
    output.say("There are older ones: --limit shows more. One in full: --why ID");
  }
  return exitCodes.ok;
}

async function collect(
  { interrupt }: Context,
  api: Api,
  { pool, replica }: FleetDecisionsOptions,
  limit: number,
): Promise<{ decisions: DecisionView[]; nextBefore: number | null }> {
  const decisions: DecisionView[] = [];
  let before: number | undefined;
  do {
    const page = await api.fleet.decisions(
      { pool, replica, before, limit: Math.min(pageMax, limit - decisions.length) },
      interrupt.signal,
    );
    decisions.push(...page.decisions);
    before = page.nextBefore ?? undefined;
  } while (before !== undefined && decisions.length < limit);
  return { decisions, nextBefore: before ?? null };
}

async function why(context: Context, id: string): Promise<number> {
  const { output, interrupt, flags } = context;
  if (!/^[1-9]\d{0,14}$/.test(id)) throw new AppError("USAGE", "--why must be a decision's number");
  const api = await runningApi(context);
  // The newest of those before the next one is it, or it does not exist.
  const query = { limit: 1, before: Number(id) + 1 };
  const { decisions } = await api.fleet.decisions(query, interrupt.signal);
  const [decision] = decisions;
  if (decision?.id !== Number(id)) {
    throw new AppError("USAGE", `there is no decision ${id}\nSee: pilotlight fleet decisions`);
  }
  if (output.json) output.object("decision", decision);
  else output.data(whyText(decision, output.style, flags.utc));
  return exitCodes.ok;
}
