import type { Candidate, Learned } from "../core/fleet/candidate.ts";
import type { Needs } from "../core/fleet/needs.ts";
import { place } from "../core/fleet/placement.ts";
import { type NewDecision, saveDecision } from "../db/fleet.ts";
import { type LearnedRow, readLearned } from "../db/learned.ts";
import { readRefusals } from "../db/refusals.ts";
import { type Placed, readReplicas } from "../db/replicas.ts";
import { failureOf } from "../errors/app-error.ts";
import type { Machine, Price } from "../providers/provider.ts";
import type { ServiceContext } from "./context.ts";
import type { KnownProvider } from "./reconciler/look.ts";

export interface PlacerOptions {
  readonly providers: readonly KnownProvider[];
  /** What a pool's replicas need, by pool. */
  readonly needs: Readonly<Record<string, Needs>>;
  /** Memory of the one GPU that local replicas share; null: not known. */
  readonly localVramGb: number | null;
  readonly microUsdPerHourMax: number;
  /** Work a new replica is expected to find, in milliseconds of an average machine. */
  readonly expectedWorkMs: number;
}

/** A start that was placed and is not written down yet. */
export interface PlacedBefore extends Placed {
  readonly pool: string;
}

export interface Choice {
  /** null: nothing fits. */
  readonly placed: Placed | null;
  /** Why, to be written down; null: that was said already. */
  readonly said: NewDecision | null;
}

/** Chooses where a start goes, and says why. */
export interface Placer {
  /** `before`: starts that take their part of what there is, though no row shows them. */
  choose(
    pool: string,
    replica: number,
    given: { readonly before?: readonly PlacedBefore[]; readonly because?: string },
  ): Promise<Choice>;
  /** Writes it down, too. `because`: the code of the refusal that makes another choice necessary. */
  place(pool: string, replica: number, because: string): Promise<Placed | null>;
  /** What such a machine costs there now. */
  priceOf(provider: string, machine: Machine | null): Promise<number | "unpriced" | null>;
}

export function createPlacer(context: ServiceContext, options: PlacerOptions): Placer {
  const rented = options.providers.filter(({ kind }) => kind !== "static");
  const pricesOf = async ({ provider }: KnownProvider): Promise<readonly Price[]> => {
    try {
      return await provider.prices();
    } catch (error) {
      // A provider that does not answer has nothing to rent out now; the others may.
      const { code, detail } = failureOf(error);
      context.log.warn({ provider: provider.name, code, detail }, "no prices");
      return [];
    }
  };
  /** A refusal told again and again would bury everything else. */
  const lastWords = new Map<string, string>();
  const isNews = ({ pool, action, sentence }: NewDecision): boolean => {
    const isNew = lastWords.get(pool) !== sentence;
    lastWords.set(pool, sentence);
    return action === "place" || isNew;
  };
  const choose: Placer["choose"] = async (pool, replica, { before = [], because }) => {
    const needs = options.needs[pool];
    if (needs === undefined) return { placed: null, said: null };
    const [open, refusals, learned] = await Promise.all([
      readReplicas(context.sql),
      readRefusals(context.sql),
      readLearned(context.sql, pool),
    ]);
    const rows = [...open, ...before];
    const candidates: Candidate[] = [];
    for (const known of rented) {
      for (const price of await pricesOf(known)) {
        candidates.push(candidateOf(known, price, pool, rows, options));
      }
    }
    const name = `${pool}-${replica}`;
    const { chosen, sentence, ranked, rejected } = place(needs, candidates, {
      replica: name,
      nowMs: context.clock.nowMs(),
      refusals: refusals.map((one) => ({ ...one, atMs: one.at.getTime() })),
      learned: learnedOf(learned),
      expectedWorkMs: options.expectedWorkMs,
      microUsdLeft: null,
      microUsdPerHourLeft: options.microUsdPerHourMax - costNow(rows),
    });
    const next = ranked[1]?.candidate;
    const said: NewDecision = {
      pool,
      action: chosen === null ? "refuse" : "place",
      replica: name,
      rule: because === undefined ? "placement" : because.toLowerCase().replaceAll("_", "-"),
      sentence,
      inputs: {
        fit: ranked.length,
        rejected: rejected.map((one) => `${one.candidate.gpu ?? "-"}: ${one.reason}`),
        vramGb: needs.vramGb,
      },
      alternative: next === undefined ? null : `${next.gpu ?? "this machine"} at ${next.provider}`,
    };
    return { placed: chosen === null ? null : { ...chosen }, said: isNews(said) ? said : null };
  };
  return {
    choose,
    async place(pool, replica, because) {
      const { placed, said } = await choose(pool, replica, { because });
      if (said !== null) await saveDecision(context.sql, placement, said);
      return placed;
    },
    async priceOf(name, machine) {
      const known = options.providers.find(({ provider }) => provider.name === name);
      if (known === undefined || known.kind === "local") return null;
      const prices = await pricesOf(known);
      const found = prices.find((price) => machine === null || isSame(price, machine));
      return found === undefined ? "unpriced" : found.microUsdPerHour;
    },
  };
}

/** Decides where, and has no version. */
export const placement = { name: "placement" };

const isSame = (a: Machine, b: Machine): boolean =>
  a.gpu === b.gpu && a.gpus === b.gpus && a.region === b.region && a.spot === b.spot;

/** All local replicas share this machine's GPU. Two of one pool share their model, too. */
function candidateOf(
  { provider, kind }: KnownProvider,
  price: Price,
  pool: string,
  rows: readonly PlacedBefore[],
  options: PlacerOptions,
): Candidate {
  const candidate = { ...price, provider: provider.name, quantumMs: provider.billingQuantumMs };
  if (kind !== "local" || options.localVramGb === null) return candidate;
  const here = rows.filter((row) => row.provider === provider.name && row.pool !== pool);
  const others = new Set(here.map((row) => row.pool));
  const usedVramGb = [...others].reduce(
    (sum, other) => sum + (options.needs[other]?.modelVramGb ?? 0),
    0,
  );
  return { ...candidate, sharedVramGb: options.localVramGb, usedVramGb };
}

/** Speed relative to the median of all machines that were measured. */
function learnedOf(rows: readonly LearnedRow[]): Learned {
  const find = (provider: string, gpu: string | null) =>
    rows.find((row) => row.provider === provider && row.gpu === gpu);
  const paces = rows.flatMap((row) => row.pageMs ?? []).sort((a, b) => a - b);
  const median = paces[Math.floor(paces.length / 2)];
  return {
    coldStartMs: (provider, gpu) => find(provider, gpu)?.coldStartMs ?? null,
    throughput(provider, gpu) {
      const own = find(provider, gpu)?.pageMs ?? null;
      return own === null || own <= 0 || median === undefined ? null : median / own;
    },
  };
}

const costNow = (rows: readonly PlacedBefore[]): number =>
  rows.reduce(
    (sum, row) => sum + (typeof row.microUsdPerHour === "number" ? row.microUsdPerHour : 0),
    0,
  );
