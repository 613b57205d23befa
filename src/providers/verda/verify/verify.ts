import { dollars } from "../../../core/cost/money.ts";
import { overspending } from "../../../core/cost/spending.ts";
import type { Needs } from "../../../core/fleet/needs.ts";
import { replicaName } from "../../provider.ts";
import { createVerdaApi } from "../deployments.ts";
import type { VerdaHttp } from "../http.ts";
import { createVerdaProvider, openHttp, type VerdaProviderOptions } from "../verda.ts";
import { askAccount } from "./account.ts";
import { readBalance, tellRounding } from "./bill.ts";
import { chooseMachine, type Rented } from "./machine.ts";
import type { Asking, Subject } from "./parts.ts";
import { paidSteps, planText, stepCost } from "./plan.ts";
import { createNotebook, type Finding } from "./questions.ts";
import { type Progress, runSteps } from "./steps.ts";
import { undo } from "./undo.ts";
import { createWatch } from "./watch.ts";
import { createWitness } from "./witness.ts";

export interface VerifyOptions {
  /** `installation` is that of the stack; the check runs under one of its own that begins with it. */
  readonly verda: VerdaProviderOptions;
  /** What the fleet needs of a machine, with what was asked for on top. */
  readonly needs: Needs;
  readonly limitMicroUsd: number;
  /** What the worker's container is started with. It knows no control plane, so it leases nothing. */
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly isHealthy: Subject["isHealthy"];
  readonly pause: Asking["pause"];
  readonly signal: AbortSignal;
  readonly say: (sentence: string) => void;
  /** Asks for the money, with what is planned. */
  readonly confirm: (plan: string) => Promise<boolean>;
  /** Something is rented from now on, until everything was taken back. */
  readonly onRented?: (isRented: boolean) => void;
}

export interface VerifyReport {
  readonly name: string;
  readonly findings: readonly Finding[];
  readonly machine: Rented["machine"] | null;
  /** From the order until it ran, or was well; null: not seen. */
  readonly coldStartMs: number | null;
  /** The most that the bill can say, by the documented rules. */
  readonly spentMicroUsd: number;
  /** Why nothing was started, where that is so. */
  readonly refused: string | null;
  /** What ended the check early: an error of the provider, or the reason of a signal. */
  readonly error: unknown;
  /** What could not be taken back, in words; null: nothing of the check is left. */
  readonly left: string | null;
}

/**
 * Asks Verda what its documents leave open: first what is free, then with one replica at a time,
 * within the limit. Whatever happens, everything is taken back before it answers; it throws nothing.
 *
 * The replica's name carries an installation of its own, `pl-<installation>verify-check-1`. The
 * reconciler of a stack that runs at the same time counts it among the replicas of others: it is
 * shown by `fleet ls`, and never stopped, adopted or counted. So is one that a killed check left
 * behind; the next check removes it first.
 */
export async function verifyVerda(options: VerifyOptions): Promise<VerifyReport> {
  const asking = askingOf(options);
  const name = replicaName(asking.installation, "check", 1);
  const progress: Progress = { spentMicroUsd: 0, phases: null };
  let outcome: Outcome = { rented: null, refused: null, error: null, left: null };
  try {
    outcome = await rent(options, asking, name, progress);
  } catch (error) {
    outcome = { ...outcome, error };
  }
  const { rented, refused, error, left } = outcome;
  const { phases } = progress;
  leaveUnasked(asking, outcome);
  return {
    ...{ name, refused, error, left },
    machine: rented?.machine ?? null,
    findings: asking.notebook.findings(restOf(outcome)),
    coldStartMs: phases?.healthyMs ?? phases?.runningMs ?? null,
    spentMicroUsd: progress.spentMicroUsd,
  };
}

interface Outcome {
  readonly rented: Rented | null;
  readonly refused: string | null;
  readonly error: unknown;
  readonly left: string | null;
}

type Open = Asking & { readonly http: VerdaHttp };

function askingOf(options: VerifyOptions): Open {
  const { verda, pause, signal, say } = options;
  const witness = createWitness(verda.apiUrl, verda.fetch ?? ((url, init) => fetch(url, init)));
  const installation = `${verda.installation}verify`;
  const own = { ...verda, installation, fetch: witness.fetch };
  const http = openHttp(own);
  const notebook = createNotebook();
  const provider = createVerdaProvider(own);
  const api = createVerdaApi(http);
  const { clock } = verda;
  return { installation, http, api, provider, witness, notebook, clock, pause, signal, say };
}

async function rent(
  options: VerifyOptions,
  asking: Open,
  name: string,
  progress: Progress,
): Promise<Outcome> {
  const { provider, clock, say, signal } = asking;
  const prices = await askAccount(asking, options.needs);
  const rented = chooseMachine(provider, prices, options.needs, clock);
  const nothing = { rented, error: null, left: null };
  const refused = tooDear(options, rented);
  if (refused !== null) return { ...nothing, refused };
  const before = await removeLeftover(asking, name);
  if (before !== null) return { ...nothing, refused: null, left: before };
  const spending = { limitMicroUsd: options.limitMicroUsd, spentMicroUsd: 0 };
  if (!(await options.confirm(planText(name, rented.machine, rented.rental, spending)))) {
    return { ...nothing, refused: "Nothing was started." };
  }
  signal.throwIfAborted();
  const watch = createWatch(asking, name);
  const balance = await readBalance(asking.http);
  let error: unknown = null;
  options.onRented?.(true);
  try {
    await runSteps(
      subjectOf(options, asking, name, rented),
      watch,
      options.limitMicroUsd,
      progress,
    );
  } catch (thrown) {
    error = thrown;
  }
  say("Taking everything back ...");
  const left = await undo(asking, name, watch);
  options.onRented?.(false);
  const balances = { before: balance, after: await readBalance(asking.http) };
  tellRounding(asking, rented.rental, watch.lives(), balances);
  return { rented, refused: null, error, left };
}

function tooDear({ limitMicroUsd }: VerifyOptions, { machine, rental }: Rented): string | null {
  const [first] = paidSteps;
  if (first === undefined) return null;
  const why = overspending({ limitMicroUsd, spentMicroUsd: 0 }, stepCost(rental, first));
  if (why === null) return null;
  const price = `${machine.gpu}${machine.spot ? " spot" : ""} at ${dollars(rental.microUsdPerHour)} an hour`;
  return `Nothing was started: to ${first.what} on ${price}, ${why}.`;
}

/** A check that was killed may have left its replica: it is paid for still. */
async function removeLeftover(asking: Open, name: string): Promise<string | null> {
  if ((await asking.api.get(name)) === null) return null;
  asking.say(`An earlier check left ${name} behind: removing it first ...`);
  return await undo(asking, name, createWatch(asking, name));
}

function subjectOf(
  options: VerifyOptions,
  asking: Asking,
  name: string,
  { machine, rental }: Rented,
): Subject {
  const { env, secrets, isHealthy, verda } = options;
  const slot = { name, installation: asking.installation, pool: "check", replica: 1 };
  const spec = { ...slot, machine, env: { ...env, PILOTLIGHT_GPU: machine.gpu }, secrets };
  return { ...asking, spec, rental, isHealthy, port: verda.port ?? 8000 };
}

/** What no call can tell, in whatever way it went. */
function leaveUnasked({ notebook }: Asking, { rented, refused, error }: Outcome): void {
  if (rented !== null && refused === null && error === null) {
    notebook.leave("no_capacity", "there was a machine: it shows once there is none");
  }
  notebook.leave(
    "paused_time",
    "nothing was paused for long; look in the console whether a paused hour costs anything",
  );
  notebook.leave("speed", "it shows in the runs of a control plane: pilotlight fleet runs");
}

function restOf({ refused, error }: Outcome): string {
  if (refused !== null) return "not asked: nothing was started";
  if (error === null) return "not seen";
  return `not reached: ${error instanceof Error ? error.message : String(error)}`;
}
