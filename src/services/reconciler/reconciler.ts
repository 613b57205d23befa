import { withinCeiling } from "../../core/fleet/ceiling.ts";
import { diffFleet } from "../../core/fleet/diff.ts";
import { matchRuns } from "../../core/fleet/match.ts";
import { saveDecision } from "../../db/fleet.ts";
import { readOrders } from "../../db/fleet-orders.ts";
import { endReplica, markStopping, type ReplicaRow, readReplicas } from "../../db/replicas.ts";
import { failureOf } from "../../errors/app-error.ts";
import { loop, type Service } from "../../lib/service.ts";
import {
  type Provider,
  type ReplicaSighting,
  type ReplicaSpec,
  replicaName,
} from "../../providers/provider.ts";
import { announce, type ServiceContext } from "../context.ts";
import type { Placer } from "../placer.ts";
import { type KnownProvider, type ProviderWatch, watchProvider } from "./look.ts";
import { adopt, type NamedRun, recordEnd, recordSeen } from "./records.ts";
import { startRefused } from "./refused.ts";

export interface ReconcilerOptions {
  readonly installation: string;
  readonly providers: readonly KnownProvider[];
  /** Whether this control plane still leads: asked right before each order. */
  readonly mayAct: () => boolean;
  readonly everyMs: number;
  /** Pause between two looks at a rented provider while nothing of ours changes there. */
  readonly calmMs: number;
  readonly placer: Placer;
  /** What a replica's container is started with. */
  readonly startFor: (row: ReplicaRow) => Pick<ReplicaSpec, "env" | "secrets">;
  /** Slots that replicas may have, by pool: whoever is found in another one is stopped. */
  readonly maxReplicas: Readonly<Record<string, number>>;
  readonly ceiling: { readonly replicasMax: number; readonly microUsdPerHourMax: number };
  /** A replica whose container was given up this long ago is replaced. */
  readonly silentMsMax: number;
  /** A container is gone: its leases can be taken back now. */
  readonly onLost: () => void;
}

/**
 * Makes what runs equal to what is wanted: open runs against what each provider shows. Providers are
 * looked at apart, so that one that is silent holds up nobody.
 */
export function createReconciler(
  context: ServiceContext,
  options: ReconcilerOptions,
): Service & { wake(): void } {
  const watches = options.providers.map((known) => ({
    known,
    watch: watchProvider(context, known, options.installation),
  }));
  // Machines somebody else runs are none of the ceiling's business.
  const ours = watches.filter(({ known }) => known.kind !== "static");
  const all = (): readonly ReplicaSighting[] => ours.flatMap(({ watch }) => watch.last);
  const ordered = new Map<string, number>();
  const loops = watches.map(({ known, watch }) => {
    const one = new OneProvider(context, options, known, watch, { all, ordered });
    return loop({
      name: `reconciler ${known.provider.name}`,
      everyMs: options.everyMs,
      tick: () => one.tick(),
      onError: (error) => context.log.error({ err: error }, "the reconciler's tick failed"),
    });
  });
  return {
    name: "reconciler",
    async start() {
      for (const each of loops) await each.start();
    },
    async stop() {
      await Promise.all(loops.map((each) => each.stop()));
    },
    wake: () => {
      for (const each of loops) each.wake();
    },
  };
}

/** What the rounds of all providers know together. */
interface Shared {
  /** All that is rented, as it was seen last. */
  readonly all: () => readonly ReplicaSighting[];
  /** Names whose start was ordered, with their run: they count before anybody has seen them. */
  readonly ordered: Map<string, number>;
}

/** The rounds of one provider. */
class OneProvider {
  readonly #context: ServiceContext;
  readonly #options: ReconcilerOptions;
  readonly #provider: Provider;
  readonly #isFixed: boolean;
  readonly #isLocal: boolean;
  readonly #watch: ProviderWatch;
  readonly #shared: Shared;
  #calmSinceMs: number | null = null;

  constructor(
    context: ServiceContext,
    options: ReconcilerOptions,
    known: KnownProvider,
    watch: ProviderWatch,
    shared: Shared,
  ) {
    this.#context = context;
    this.#options = options;
    this.#provider = known.provider;
    this.#isFixed = known.kind === "static";
    this.#isLocal = known.kind === "local";
    this.#watch = watch;
    this.#shared = shared;
  }

  async tick(): Promise<void> {
    const { sql, clock } = this.#context;
    const before = await this.#rows();
    if (this.#mayRest(before)) return;
    const sightings = await this.#watch.look();
    if (sightings === null || !this.#options.mayAct()) return;
    const own = sightings.filter((one) => one.installation === this.#options.installation);
    const matched = matchRuns(
      before.map((row) => this.#named(row)),
      own,
    );
    // A list may leave one out once: whose container is heard still runs.
    const over = matched.ended.filter((one) => one.how !== "vanished" || !isHeard(one.run));
    for (const ended of over) await recordEnd(this.#context, ended);
    for (const { run, sighting } of matched.seen) await recordSeen(this.#context, run, sighting);
    for (const orphan of matched.orphans) await this.#adopt(orphan);
    if (over.length > 0) this.#options.onLost();
    const rows = await this.#followDrains(await this.#rows());
    const orders = await readOrders(sql);
    const insisted = new Set(
      orders.filter(({ kind }) => kind === "stop").map((one) => `${one.pool}-${one.replica}`),
    );
    const busy = await this.#order(rows, own, insisted);
    const isSettled = !busy && matched.ended.length === 0 && rows.every(isSettledRow);
    this.#calmSinceMs = isSettled ? clock.nowMs() : null;
    if (over.length > 0) announce(this.#context);
  }

  async #rows(): Promise<ReplicaRow[]> {
    const rows = await readReplicas(this.#context.sql);
    return rows.filter(({ provider }) => provider === this.#provider.name);
  }

  /** Nothing is on its way here: a rented provider need not be asked every second. */
  #mayRest(rows: readonly ReplicaRow[]): boolean {
    const sinceMs = this.#calmSinceMs;
    if (this.#isLocal || sinceMs === null || !rows.every(isSettledRow)) return false;
    return this.#context.clock.nowMs() - sinceMs < this.#options.calmMs;
  }

  #named(row: ReplicaRow): NamedRun {
    const name = replicaName(this.#options.installation, row.pool, row.replica);
    const { providerRef } = row;
    return { name, providerRef, isDraining: row.phase === "draining", row };
  }

  /** What runs in one of our slots is worth keeping: `decide` stops it when it is not needed. */
  async #adopt(seen: ReplicaSighting): Promise<void> {
    const max = this.#options.maxReplicas[seen.pool] ?? 0;
    const isOurSlot = this.#isFixed || seen.replica <= max;
    if (!isOurSlot || seen.state === "stopping") return;
    const price = await this.#options.placer.priceOf(this.#provider.name, seen.machine);
    if (await adopt(this.#context, this.#provider, seen, price)) announce(this.#context);
  }

  /** A container told to drain, or one that fell silent, takes its run with it. */
  async #followDrains(rows: readonly ReplicaRow[]): Promise<ReplicaRow[]> {
    const { silentMsMax } = this.#options;
    const leaving = rows.filter(
      (row) => row.phase !== "draining" && (row.drain || isSilent(row, silentMsMax)),
    );
    if (leaving.length === 0) return [...rows];
    for (const row of leaving) {
      const reason = row.drainReason ?? (row.drain ? "drain" : "its container fell silent");
      await markStopping(this.#context.sql, row.pool, row.replica, reason);
    }
    this.#context.change.wakeAll();
    return this.#rows();
  }

  /** Gives the orders of this round. Answers whether there were any. */
  async #order(
    rows: readonly ReplicaRow[],
    own: readonly ReplicaSighting[],
    insisted: ReadonlySet<string>,
  ): Promise<boolean> {
    const wanted = rows
      .filter((row) => mayRun(row) && !insisted.has(`${row.pool}-${row.replica}`))
      .map((row) => ({ ...this.#specOf(row), row }));
    // What is on its way out is kept while it holds work, and never started again.
    const actions = diffFleet(this.#options.installation, wanted, own).filter(
      (one) => one.action === "stop" || one.replica.row.phase !== "draining",
    );
    const starts = actions.flatMap((one) => (one.action === "start" ? [one.replica] : []));
    const allowed = await this.#underCeiling(rows, starts);
    const orders = actions.map((one) => {
      if (one.action === "stop") return this.#stop(one.replica);
      return allowed.has(one.replica.name) ? this.#start(one.replica) : Promise.resolve();
    });
    // A stop that was ordered is repeated until it is done: some providers take two steps.
    for (const one of own) if (one.state === "stopping") orders.push(this.#stop(one));
    await Promise.all(orders);
    return orders.length > 0;
  }

  /** The names that may start. What the ceiling refuses ends here, whoever wanted it. */
  async #underCeiling(
    rows: readonly ReplicaRow[],
    starts: readonly { readonly name: string; readonly row: ReplicaRow }[],
  ): Promise<ReadonlySet<string>> {
    const { installation, ceiling } = this.#options;
    const { all, ordered } = this.#shared;
    const open = new Map(
      (await readReplicas(this.#context.sql)).map((row) => [this.#named(row).name, row]),
    );
    // From here to the names that are allowed nothing is awaited: two providers cannot both take the last place.
    for (const [name, run] of ordered) if (open.get(name)?.id !== run) ordered.delete(name);
    const seen = all().filter((one) => one.installation === installation && one.state !== "exited");
    const running = [...new Set([...seen.map(({ name }) => name), ...ordered.keys()])]
      .toSorted((a, b) => ageOrder(open.get(a)) - ageOrder(open.get(b)))
      .map((name) => ({
        name,
        microUsdPerHour: open.get(name)?.microUsdPerHour ?? priceOf(open, name),
      }));
    const fresh = starts.filter(({ name }) => !ordered.has(name));
    const { allowed, refused, surplus } = withinCeiling({
      running,
      starts: fresh.map(({ name, row }) => ({ name, microUsdPerHour: row.microUsdPerHour })),
      limits: ceiling,
    });
    for (const { name, row } of fresh) if (allowed.includes(name)) ordered.set(name, row.id);
    for (const { name, sentence } of refused) {
      const row = starts.find((one) => one.name === name)?.row;
      if (row === undefined) continue;
      const { pool, replica } = row;
      await endReplica(this.#context.sql, pool, replica, {
        code: "FLEET_CEILING",
        detail: sentence,
      });
      await refuse(this.#context, row, "ceiling", sentence);
    }
    for (const name of surplus) {
      const row = rows.find((one) => this.#named(one).name === name && one.phase !== "draining");
      if (row === undefined) continue;
      const reason = "what runs is above the ceiling on replicas or money an hour";
      await markStopping(this.#context.sql, row.pool, row.replica, reason);
    }
    // One that was allowed before is only ordered again.
    return new Set([
      ...allowed,
      ...starts.map(({ name }) => name).filter((name) => ordered.has(name)),
    ]);
  }

  #specOf(row: ReplicaRow): ReplicaSpec {
    const { installation, startFor } = this.#options;
    const { pool, replica, gpu, gpus, region, spot } = row;
    const name = replicaName(installation, pool, replica);
    const machine = gpu === null ? null : { gpu, gpus, region, spot };
    return { name, installation, pool, replica, machine, ...startFor(row) };
  }

  async #start(spec: ReplicaSpec & { readonly row: ReplicaRow }): Promise<void> {
    if (!this.#options.mayAct()) return;
    try {
      await this.#provider.apply(spec, "running");
    } catch (error) {
      this.#context.log.error({ err: error, replica: spec.name }, "the provider refused a start");
      await startRefused(this.#context, this.#options.placer, spec.row, failureOf(error));
    }
  }

  async #stop(one: ReplicaSighting): Promise<void> {
    const { name, installation, pool, replica, machine } = one;
    const spec = { name, installation, pool, replica, machine, env: {}, secrets: {} };
    if (!this.#options.mayAct()) return;
    try {
      await this.#provider.apply(spec, "stopped");
    } catch (error) {
      this.#context.log.error({ err: error, replica: name }, "the provider refused a stop");
    }
  }
}

/** It stands as it should, and nothing is expected of its provider. */
const isSettledRow = (row: ReplicaRow): boolean =>
  row.phase === "ready" && row.providerRef !== null;

/** A draining replica runs on while it holds leases; then it may go. */
const mayRun = (row: ReplicaRow): boolean => row.phase !== "draining" || row.leases > 0;

/** Its container was there and is given up: whatever still runs, nobody hears from it. */
const isSilent = (row: ReplicaRow, silentMsMax: number): boolean =>
  row.silentMs !== null && row.silentMs > silentMsMax;

/** Its container is there. One that was ordered to stop, and holds nothing, is expected to be gone. */
const isHeard = ({ row }: NamedRun): boolean =>
  row.container !== null && (row.phase !== "draining" || row.leases > 0);

/** What nobody asked for costs something that nobody knows. */
const priceOf = (open: ReadonlyMap<string, ReplicaRow>, name: string): "unpriced" | null =>
  open.has(name) ? null : "unpriced";

/** Oldest first; what nobody asked for comes last, and so goes first. */
const ageOrder = (row: ReplicaRow | undefined): number =>
  row?.requestedAt.getTime() ?? Number.MAX_SAFE_INTEGER;

async function refuse(
  context: ServiceContext,
  { pool, replica, ...row }: ReplicaRow,
  rule: string,
  sentence: string,
): Promise<void> {
  const alternative = "start it: the ceiling would be passed";
  const inputs = { provider: row.provider, gpu: row.gpu, microUsdPerHour: row.microUsdPerHour };
  const name = `${pool}-${replica}`;
  await saveDecision(
    context.sql,
    { name: "reconciler" },
    {
      pool,
      action: "refuse",
      replica: name,
      rule,
      sentence: `${name} refused: ${sentence}`,
      inputs,
      alternative,
    },
  );
}
