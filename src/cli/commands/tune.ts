import type { HistoryAnswer } from "../../contract/tuning.ts";
import { parseDuration } from "../../core/autoscaler/duration.ts";
import { AppError } from "../../errors/app-error.ts";
import { runSimulations } from "../../services/simulations/pool.ts";
import { storedOf } from "../../services/tuner-views.ts";
import { type Proposal, propose, type TuneInput } from "../../sim/tune/propose.ts";
import type { Api } from "../api-client.ts";
import { type Person, personAt } from "../confirm.ts";
import { type Context, runningApi } from "../context.ts";
import { countOption } from "../count-option.ts";
import { exitCodes } from "../exit-codes.ts";
import { appliedText, proposalText, versionsText } from "../report/tune.ts";
import { createStudyProgress } from "../study/progress.ts";

export interface TuneOptions {
  readonly since: string;
  readonly apply?: boolean | undefined;
  readonly yes?: boolean | undefined;
  readonly history?: boolean | undefined;
  readonly revert?: string | undefined;
  readonly limit: string;
}

const limitMax = 500;
const dayMs = 86_400_000;
const daysMax = 366;

/**
 * Replays what a running Pilotlight recorded under other settings, and proposes the better ones. Lets them in
 * only when told to, and asked. Ends with 9 where something was to be let in and was not.
 */
export async function tune(
  context: Context,
  options: TuneOptions,
  person: Person = personAt(process.stdin, process.stderr),
): Promise<number> {
  const days = daysOf(options.since);
  const limit = countOption("limit", options.limit, limitMax);
  const asked = [options.apply, options.history, options.revert].filter((one) => one !== undefined);
  if (asked.length > 1) {
    throw new AppError("USAGE", "Give one of --apply, --history and --revert.");
  }
  const to = options.revert === undefined ? null : versionOf(options.revert);
  const mayAsk = options.yes === true || person.isThere;
  if (!mayAsk && (options.apply === true || to !== null)) {
    throw new AppError("USAGE", "tune asks first; where nobody can answer, say --yes");
  }
  const api = await runningApi(context);
  if (options.history === true) return history(context, api, limit);
  const agree = async (question: string): Promise<boolean> =>
    options.yes === true || (await person.confirm(question, context.interrupt.signal));
  if (to !== null) return revert(context, api, to, agree);
  const recorded = await api.tuning.history(days, context.interrupt.signal);
  const proposal = await search(context, recorded);
  return tell(context, { api, recorded, proposal, apply: options.apply === true, agree });
}

async function search(context: Context, recorded: HistoryAnswer): Promise<Proposal> {
  const progress = createStudyProgress(context, "Replaying");
  const { signal } = context.interrupt;
  return propose(inputOf(recorded), (jobs) =>
    runSimulations(jobs, { signal, onDone: progress.done }),
  ).finally(progress.end);
}

/** The contract has checked the outline; what lies within goes to the simulator of the same program. */
const inputOf = ({ input, current }: HistoryAnswer): TuneInput =>
  ({ ...input, current }) as unknown as TuneInput;

interface Told {
  readonly api: Api;
  readonly recorded: HistoryAnswer;
  readonly proposal: Proposal;
  readonly apply: boolean;
  readonly agree: (question: string) => Promise<boolean>;
}

async function tell(context: Context, told: Told): Promise<number> {
  const { output, flags } = context;
  const { recorded, proposal, apply, agree } = told;
  if (!output.json) output.data(proposalText(proposal, recorded, output.style, flags.utc));
  const isGood = proposal.kind === "propose";
  const goOn = apply && isGood && (await agree(`Let ${proposal.policy} in?`));
  const applied = goOn ? await letIn(context, told.api, recorded, proposal) : null;
  if (output.json) {
    const { documents, since, assumed, version, current } = recorded;
    const view = viewOf(proposal);
    output.object("tune", { documents, since, assumed, version, current, ...view, applied });
  } else if (applied !== null) output.data(appliedText(applied.version));
  else if (apply) output.say("Nothing was let in.");
  else if (isGood) output.say("To let it in: pilotlight tune --apply");
  return apply && applied === null ? exitCodes.refused : exitCodes.ok;
}

const letIn = (
  { interrupt }: Context,
  api: Api,
  { version }: HistoryAnswer,
  { policy, settings, predicted }: Extract<Proposal, { kind: "propose" }>,
) =>
  api.tuning.apply(
    { policy, settings, predicted: storedOf(predicted), seen: version },
    interrupt.signal,
  );

/** On the wire and in `--json`, durations are seconds. */
function viewOf(proposal: Proposal): object {
  if (proposal.kind === "propose" || proposal.kind === "refused") {
    return { proposal: { ...proposal, predicted: storedOf(proposal.predicted) } };
  }
  if (proposal.kind === "too-little" || proposal.nearest === null) return { proposal };
  const { nearest } = proposal;
  return {
    proposal: { ...proposal, nearest: { ...nearest, predicted: storedOf(nearest.predicted) } },
  };
}

async function history({ output, flags, interrupt }: Context, api: Api, limit: number) {
  const answer = await api.tuning.versions(limit, interrupt.signal);
  if (output.json) output.object("versions", answer);
  else output.data(versionsText(answer, output.style, flags.utc));
  return exitCodes.ok;
}

async function revert(
  context: Context,
  api: Api,
  to: number,
  agree: Told["agree"],
): Promise<number> {
  const { output, interrupt } = context;
  const { versions } = await api.tuning.versions(1, interrupt.signal);
  const seen = versions[0]?.version ?? null;
  const what = to === 0 ? "what the configuration says" : `version ${to}`;
  if (!(await agree(`Go back to ${what}?`))) {
    if (output.json) output.object("version", { changed: false });
    else output.say("Everything stays as it is.");
    return exitCodes.refused;
  }
  const added = await api.tuning.revert({ to, seen }, interrupt.signal);
  if (output.json) output.object("version", added);
  else output.data(appliedText(added.version));
  return exitCodes.ok;
}

function daysOf(text: string): number {
  const days = (parseDuration(text) ?? 0) / dayMs;
  if (days >= 0.01 && days <= daysMax) return days;
  throw new AppError("USAGE", `--since must be a duration such as 30d, not "${text}"`);
}

function versionOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new AppError("USAGE", "--revert must be a version's number, or 0 for the configuration");
}
