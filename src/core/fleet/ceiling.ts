import { dollars, type HourlyPrice } from "../cost/money.ts";

/** A replica that runs or is to be started, and what an hour of it costs. */
export interface CeilingReplica {
  readonly name: string;
  readonly microUsdPerHour: HourlyPrice;
}

export interface CeilingLimits {
  readonly replicasMax: number;
  /** Of all replicas together, in millionths of a US dollar; null: no limit. */
  readonly microUsdPerHourMax: number | null;
}

export interface CeilingVerdict {
  /** Names of the starts that may go ahead. */
  readonly allowed: readonly string[];
  readonly refused: readonly { readonly name: string; readonly sentence: string }[];
  /** Names of running ones that must go, the newest first. */
  readonly surplus: readonly string[];
}

/**
 * The last gate before a provider is called, so that no mistake upstream can spend without end. It
 * counts what is seen to run (the oldest first in `running`) and goes through the starts in turn. As
 * long as anything is surplus nothing is started, since what must go still costs.
 *
 * A price that nobody knows is read carefully. A start without one is refused under a limit of cost.
 * A running replica without one counts like the dearest that runs, or, where no price is known, like
 * the whole limit: it may stay, alone.
 */
export function withinCeiling(fleet: {
  readonly running: readonly CeilingReplica[];
  readonly starts: readonly CeilingReplica[];
  readonly limits: CeilingLimits;
}): CeilingVerdict {
  const { running, starts, limits } = fleet;
  const gone = surplusOf(running, limits);
  const surplus = running
    .filter((one) => gone.has(one))
    .map(({ name }) => name)
    .toReversed();
  const allowed: string[] = [];
  const refused: { name: string; sentence: string }[] = [];
  let cost = total(costed(running, limits));
  for (const start of starts) {
    const because =
      surplus.length > 0
        ? `${surplus.join(", ")} must go first`
        : allowed.includes(start.name)
          ? "it is started already"
          : refusal(start, running.length + allowed.length, cost, limits);
    if (because === null) {
      allowed.push(start.name);
      cost += costOf(start.microUsdPerHour) ?? 0;
    } else refused.push({ name: start.name, sentence: `${start.name} not started: ${because}` });
  }
  return { allowed, refused, surplus };
}

interface Costed {
  readonly replica: CeilingReplica;
  readonly cost: number;
}

const total = (replicas: readonly Costed[]): number =>
  replicas.reduce((sum, { cost }) => sum + cost, 0);

/** null: nobody knows. What nobody charges for costs 0. */
function costOf(price: HourlyPrice): number | null {
  if (price === null) return 0;
  return typeof price === "number" && Number.isFinite(price) && price >= 0 ? price : null;
}

function costed(running: readonly CeilingReplica[], limits: CeilingLimits): Costed[] {
  const known = running.flatMap(({ microUsdPerHour }) => costOf(microUsdPerHour) ?? []);
  const dearest = Math.max(0, ...known);
  const unknown = dearest > 0 ? dearest : (limits.microUsdPerHourMax ?? 0);
  return running.map((replica) => ({
    replica,
    cost: costOf(replica.microUsdPerHour) ?? unknown,
  }));
}

/** The newest beyond the number, then the newest of those that cost, until the rest is within both. */
function surplusOf(
  running: readonly CeilingReplica[],
  limits: CeilingLimits,
): ReadonlySet<CeilingReplica> {
  const { replicasMax, microUsdPerHourMax } = limits;
  const kept = costed(running.slice(0, Math.max(0, replicasMax)), limits);
  const gone = new Set(running.slice(kept.length));
  let cost = total(kept);
  for (const one of kept.toReversed()) {
    if (microUsdPerHourMax === null || cost <= microUsdPerHourMax) break;
    if (one.cost === 0) continue;
    gone.add(one.replica);
    cost -= one.cost;
  }
  if (gone.size === 0) return gone;
  // Without the dearest, those without a price may count for more.
  const stays = running.filter((one) => !gone.has(one));
  return new Set([...gone, ...surplusOf(stays, limits)]);
}

function refusal(
  start: CeilingReplica,
  replicas: number,
  cost: number,
  { replicasMax, microUsdPerHourMax }: CeilingLimits,
): string | null {
  if (replicas + 1 > replicasMax) return `${replicas} replicas run, and ${replicasMax} is the most`;
  if (microUsdPerHourMax === null) return null;
  const own = costOf(start.microUsdPerHour);
  if (own === null) {
    return `nobody says what it costs, and all together may cost ${dollars(microUsdPerHourMax)} an hour`;
  }
  if (own === 0 || cost + own <= microUsdPerHourMax) return null;
  return `with its ${dollars(own)} the fleet would cost ${dollars(cost + own)} an hour, and ${dollars(microUsdPerHourMax)} is the most`;
}
