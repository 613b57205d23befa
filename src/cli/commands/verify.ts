import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ProviderEntry } from "../../config/fleet.ts";
import type { Config } from "../../config.ts";
import type { Needs } from "../../core/fleet/needs.ts";
import { takeLock } from "../../db/embedded/lock.ts";
import { AppError, failureOf, problemOf } from "../../errors/app-error.ts";
import { needsOf, rentedEnv, verdaOptions } from "../../machines.ts";
import { builtInPacksDir, readPack } from "../../packs/read-pack.ts";
import { createHealth } from "../../providers/verda/verify/health.ts";
import { type VerifyReport, verifyVerda } from "../../providers/verda/verify/verify.ts";
import { createLog } from "../../telemetry/log.ts";
import { chooseEngine } from "../../worker/engines/detect.ts";
import { pause } from "../../worker/signals.ts";
import { type Person, personAt } from "../confirm.ts";
import { type Context, configOf } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { Interrupted } from "../interrupt.ts";
import { verifyText } from "../report/verify.ts";
import { type Known, readKnown, storeReport } from "../verify-store.ts";

export interface VerifyCommandOptions {
  readonly spendAtMost: string;
  readonly provider?: string | undefined;
  readonly gpu?: string | undefined;
  readonly spot?: boolean | undefined;
  readonly onDemand?: boolean | undefined;
  readonly keepFactsOnly?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

type VerdaEntry = Extract<ProviderEntry, { kind: "verda" }>;

/**
 * Asks a provider what its documents leave open, within a sum of money, and leaves nothing running.
 * Ends with 0 when the check went to its end, 9 when nothing was started, 1 when something failed or
 * is left.
 */
export async function verify(
  context: Context,
  kind: string,
  options: VerifyCommandOptions,
  person: Person = personAt(process.stdin, process.stderr),
): Promise<number> {
  const limitMicroUsd = checkOptions(kind, options);
  if (!options.yes && !person.isThere) {
    throw new AppError("USAGE", "verify asks first; where nobody can answer, say --yes");
  }
  const config = await configOf(context);
  const entry = entryOf(config, options.provider);
  const held = await lockOf(config);
  try {
    const known = await readKnown(config, entry.name);
    const report = await check(context, { config, entry, known, limitMicroUsd, options, person });
    return await conclude(context, { config, entry, known, report, options });
  } finally {
    await held.release();
  }
}

const usdMax = 1_000;

function checkOptions(kind: string, options: VerifyCommandOptions): number {
  if (kind !== "verda") throw new AppError("USAGE", `only verda can be verified, not "${kind}"`);
  if (options.spot && options.onDemand) {
    throw new AppError("USAGE", "Give one of --spot and --on-demand.");
  }
  const usd = Number(options.spendAtMost);
  const isMoney = /^\d+(\.\d{1,2})?$/.test(options.spendAtMost) && usd > 0 && usd <= usdMax;
  if (isMoney) return Math.round(usd * 1_000_000);
  const detail = `--spend-at-most must be dollars, such as 2.00, not "${options.spendAtMost}"`;
  throw new AppError("USAGE", detail);
}

function entryOf({ providers }: Config, name: string | undefined): VerdaEntry {
  const all = providers.filter((entry): entry is VerdaEntry => entry.kind === "verda");
  const found = name === undefined ? all : all.filter((entry) => entry.name === name);
  const [entry, another] = found;
  if (entry !== undefined && another === undefined) return entry;
  const names = all.map((one) => one.name).join(", ");
  if (all.length === 0) {
    throw new AppError("CONFIG_INVALID", "providers: none is of the kind verda");
  }
  throw new AppError("USAGE", `--provider must be one of ${names}`);
}

async function lockOf({ stateDir }: Config) {
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const lock = await takeLock(join(stateDir, "verify.lock"));
  if ("release" in lock) return lock;
  throw new AppError("USAGE", `process ${lock.heldBy} verifies already`);
}

interface Parts {
  readonly config: Config;
  readonly entry: VerdaEntry;
  readonly known: Known;
  readonly options: VerifyCommandOptions;
}

async function check(
  context: Context,
  parts: Parts & { readonly limitMicroUsd: number; readonly person: Person },
): Promise<VerifyReport> {
  const { output, interrupt, clock, env } = context;
  const { config, entry, known, options, person, limitMicroUsd } = parts;
  const { needs, container } = await containerFor(config, options, entry);
  const log = createLog({ name: "verify", level: "silent" });
  const key = env.VERDA_INFERENCE_KEY?.trim() ?? "";
  let leave = (): void => undefined;
  return await verifyVerda({
    verda: { ...verdaOptions(entry, env), installation: known.installation, clock, log },
    ...{ needs, limitMicroUsd, pause, env: container, signal: interrupt.signal },
    secrets: { PILOTLIGHT_CONTAINER_TOKEN: randomBytes(24).toString("base64url") },
    isHealthy: key === "" ? null : createHealth((url, init) => fetch(url, init), key),
    say: (sentence) => output.say(sentence),
    async confirm(plan) {
      output.say(plan);
      return options.yes === true || (await person.confirm("Go on?", interrupt.signal));
    },
    onRented(isRented) {
      leave();
      const words = "Still taking it back. Once more ends this at once, and leaves it paid for.";
      if (isRented) leave = interrupt.onAgain(() => output.say(words));
    },
  });
}

/** What the fleet would start, without a control plane: it reads nothing, and is only looked at. */
async function containerFor(config: Config, options: VerifyCommandOptions, entry: VerdaEntry) {
  const pack = await readPack(join(builtInPacksDir(), "pitch-deck"));
  const wishes = config.engine === "auto" ? ({ ...config, engine: "ollama" } as const) : config;
  const engine = await chooseEngine(wishes, pack.models);
  const pool = config.fleet.topology === "shared" ? "shared" : "text";
  const needs = needsOf(config, engine)[pool];
  if (needs === undefined) throw new Error(`no needs of ${pool}`);
  const model = engine.models.text;
  const container = {
    ...rentedEnv(engine, { gpu: null }, entry),
    PILOTLIGHT_POOL: pool,
    PILOTLIGHT_ENGINE: engine.name,
    ...(model === null ? {} : { PILOTLIGHT_MODEL: model }),
  };
  return { needs: { ...needs, ...wishOf(config, options) }, container };
}

/** On demand unless somebody says otherwise: a machine that is taken away would spoil the answers. */
function wishOf({ fleet }: Config, { gpu, spot, onDemand }: VerifyCommandOptions): Partial<Needs> {
  const wantsSpot = spot || (fleet.spot === "only" && !onDemand);
  const type = gpu === undefined ? {} : { gpuTypes: [gpu] };
  return { ...type, spot: wantsSpot ? "only" : "never" };
}

async function conclude(
  { output, interrupt }: Context,
  { config, entry, known, report, options }: Parts & { readonly report: VerifyReport },
): Promise<number> {
  const notStored = await storeReport(config, entry.name, report, !options.keepFactsOnly).then(
    () => null,
    (error) => failureOf(error).detail ?? failureOf(error).code,
  );
  const { findings, machine, spentMicroUsd, refused, left, name } = report;
  const error = report.error instanceof Interrupted ? null : report.error;
  const isWell = error === null && left === null && refused === null && notStored === null;
  if (output.json) {
    const problem = error === null ? null : problemOf(asAppError(error));
    const money = { spentUsdAtMost: spentMicroUsd / 1_000_000 };
    const end = { refused, left, error: problem, stored: notStored === null };
    output.object("verify", {
      ok: isWell,
      provider: entry.name,
      name,
      machine,
      ...money,
      ...end,
      findings,
    });
  } else {
    output.data(verifyText({ ...report, error, notStored }, known.facts, output.style));
  }
  if (interrupt.signal.aborted && left === null) throw interrupt.signal.reason;
  if (refused !== null) return exitCodes.refused;
  return isWell ? exitCodes.ok : exitCodes.unexpected;
}

const asAppError = (error: unknown): AppError =>
  error instanceof AppError
    ? error
    : new AppError("INTERNAL", failureOf(error).detail ?? undefined);
