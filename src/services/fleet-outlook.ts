import { costKinds } from "../core/ledger/allocate.ts";
import { readUpstream, type UpstreamRow } from "../db/fleet.ts";
import { readOrders } from "../db/fleet-orders.ts";
import {
  findDecidedRun,
  findDecision,
  findRun,
  type QueuedRow,
  type RunDetailRow,
  readColdStarts,
  readDocumentNames,
  readPhaseSpreads,
  readQueued,
  readRunDecisions,
  readStartVerdicts,
} from "../db/fleet-outlook.ts";
import { type ReplicaRow, readReplicas } from "../db/replicas.ts";
import { AppError } from "../errors/app-error.ts";
import { containerLines, type LinesQuery } from "./container-lines.ts";
import type { ServiceContext } from "./context.ts";
import { createDurations, type Durations } from "./durations.ts";
import { decisionView } from "./fleet.ts";
import { type CostedRun, readCosts } from "./ledger.ts";
import { runView, startedBy } from "./runs.ts";

const dayMs = 86_400_000;
/** Before that much is done, its pace says nothing. */
const paceFrom = 0.1;
const tasksShown = 200;

/** What the pools will do next, and single runs and decisions of theirs. */
export function createFleetOutlook(
  context: ServiceContext,
  pools: Readonly<Record<string, { readonly maxReplicas: number }>>,
) {
  const durations = createDurations(context);
  return {
    outlook: () => outlookOf(context, durations, pools),
    /** Throws RUN_NOT_FOUND. */
    run: (workspace: string, id: number) => runOf(context, workspace, id),
    /** Lines of its last container. Throws RUN_NOT_FOUND. */
    async logs(workspace: string, id: number, query: LinesQuery) {
      const row = await findRun(context.sql, id);
      if (row === undefined) throw new AppError("RUN_NOT_FOUND", String(id));
      return containerLines(context, workspace, row.container?.id ?? null, query);
    },
    /** Throws DECISION_NOT_FOUND. */
    decision: (workspace: string, id: number) => decisionOf(context, workspace, id),
    async pauses() {
      const orders = await readOrders(context.sql);
      return {
        pools: orders
          .filter(({ kind }) => kind === "pause")
          .map(({ pool, at, reason }) => ({ pool, since: at.toISOString(), reason })),
      };
    },
  };
}
export type FleetOutlook = ReturnType<typeof createFleetOutlook>;

async function outlookOf(
  context: ServiceContext,
  durations: Durations,
  pools: Readonly<Record<string, { readonly maxReplicas: number }>>,
) {
  const { sql, clock } = context;
  const since = new Date(clock.nowMs() - dayMs);
  const [replicas, queued, upstream, starts, verdicts] = await Promise.all([
    readReplicas(sql),
    readQueued(sql),
    readUpstream(sql),
    readColdStarts(sql),
    readStartVerdicts(sql, since),
  ]);
  const known = Object.entries(pools).map(async ([pool, { maxReplicas }]) => {
    const serves = (one: { readonly pool: string }): boolean =>
      pool === "shared" || one.pool === pool;
    const own = replicas.filter((one) => one.pool === pool);
    const start = starts.find((one) => one.pool === pool);
    const isReady = ({ phase }: ReplicaRow): boolean => phase === "ready" || phase === "draining";
    return {
      ...{ pool, max: maxReplicas, ready: own.filter(({ phase }) => phase === "ready").length },
      busy: own.filter(({ leases }) => leases > 0).length,
      starting: own.filter((one) => !isReady(one)).length,
      waiting: queued.filter((one) => serves(one) && !one.running).length,
      drainSeconds: await drainOf(durations, queued.filter(serves), own),
      neededInSeconds: neededIn(upstream.filter((one) => one.pool === pool)),
      coldStart: start === undefined ? null : spreadOf(start),
    };
  });
  const of = (kind: string) => verdictSum(verdicts.find((one) => one.kind === kind));
  return {
    asOf: new Date(clock.nowMs()).toISOString(),
    pools: await Promise.all(known),
    verdicts: {
      since: since.toISOString(),
      ...{ onTime: of("on-time"), late: of("late"), early: of("early") },
      ...{ unused: of("unused"), failed: of("failed") },
      open: verdicts.find(({ kind }) => kind === null)?.n ?? 0,
    },
  };
}

const spreadOf = ({
  p50Seconds,
  p90Seconds,
  n,
}: {
  p50Seconds: number;
  p90Seconds: number;
  n: number;
}) => ({
  ...{ p50Seconds, p90Seconds, n },
});

function verdictSum(
  row: { n: number; medianSeconds: number | null; microUsd: number; unpriced: number } | undefined,
) {
  if (row === undefined) return { n: 0, medianSeconds: null, microUsd: 0 };
  const { n, medianSeconds, microUsd, unpriced } = row;
  return { n, medianSeconds, microUsd: unpriced > 0 ? null : Math.round(microUsd) };
}

/** In the places of the containers that are ready, or of one where there is none. */
async function drainOf(
  durations: Durations,
  queued: readonly QueuedRow[],
  own: readonly ReplicaRow[],
): Promise<number | null> {
  if (queued.length === 0) return 0;
  const expected = queued.map(async (one) => {
    const [duration] = await durations.ofTasks([one], one.pages);
    if (duration === null || duration === undefined) return null;
    return duration.p50Seconds * (one.running ? 1 - one.fraction : 1);
  });
  const seconds = await Promise.all(expected);
  if (seconds.includes(null)) return null;
  const places = own.reduce((sum, { slots }) => sum + slots, 0);
  return seconds.reduce<number>((sum, one) => sum + (one ?? 0), 0) / Math.max(1, places);
}

/** The first of them, at the pace it has kept. */
function neededIn(upstream: readonly UpstreamRow[]): number | null {
  const left = upstream.flatMap(({ fraction, runningSeconds }) =>
    runningSeconds === null || fraction < paceFrom
      ? []
      : [(runningSeconds * (1 - fraction)) / fraction],
  );
  return left.length === 0 ? null : Math.min(...left);
}

async function runOf(context: ServiceContext, workspace: string, id: number) {
  const { sql, clock } = context;
  const row = await findRun(sql, id);
  if (row === undefined) throw new AppError("RUN_NOT_FOUND", String(id));
  const nowMs = clock.nowMs();
  const [[costed], spreads, decisions] = [
    await readCosts(context, { runs: [id] }),
    await readPhaseSpreads(sql, { pool: row.pool, provider: row.provider, run: id }),
    await readRunDecisions(sql, row),
  ];
  const works = costed?.works ?? [];
  const documents = [...new Set(works.map(({ document }) => document))];
  const names = await readDocumentNames(sql, workspace, documents);
  const named = new Map(names.map((one) => [one.id, one]));
  return {
    run: runView(row, nowMs),
    isOpen: row.endedAt === null,
    reason: row.reason,
    trouble: row.trouble,
    container: containerOf(row),
    pull: row.pull && { doneBytes: row.pull.done, totalBytes: row.pull.total },
    phases: startedBy(row.phases, row.endedAt?.getTime() ?? nowMs).map(({ phase, seconds }) => {
      const usual = spreads.find((one) => one.phase === phase);
      return { phase, seconds, usual: usual === undefined ? null : spreadOf(usual) };
    }),
    cost: costed === undefined ? [] : costOf(costed),
    served: { documents: documents.length, tasks: works.length },
    tasks: works
      .slice(-tasksShown)
      .toReversed()
      .map(({ document, task, attempt, outcome, fromMs, untilMs }) => ({
        document: named.get(document) ?? null,
        ...{ task, attempt, outcome, from: new Date(fromMs).toISOString() },
        until: outcome === "running" ? null : new Date(untilMs).toISOString(),
      })),
    decisions: decisions.map(decisionView),
  };
}

function containerOf({ container }: RunDetailRow) {
  if (container === null) return null;
  const { id, engine, reader, gpu, slots } = container;
  return { id, engine: engine.name, model: engine.model, reader, gpu, slots };
}

function costOf({ pieces, microUsdPerHour }: CostedRun) {
  return costKinds.map((kind) => {
    const own = pieces.filter((piece) => piece.kind === kind);
    const microUsd = own.reduce((sum, piece) => sum + piece.microUsd, 0);
    return {
      kind,
      microUsd: typeof microUsdPerHour === "number" ? microUsd : null,
      seconds: own.reduce((sum, { ms }) => sum + ms, 0) / 1000,
    };
  });
}

async function decisionOf(context: ServiceContext, workspace: string, id: number) {
  const row = await findDecision(context.sql, id);
  if (row === undefined) throw new AppError("DECISION_NOT_FOUND", String(id));
  const run = await findDecidedRun(context.sql, row);
  const [costed] = run === undefined ? [] : await readCosts(context, { runs: [run.id] });
  const documents = [...new Set((costed?.works ?? []).map(({ document }) => document))];
  const served = await readDocumentNames(context.sql, workspace, documents);
  return {
    decision: decisionView(row),
    run: run ?? null,
    served,
    servedOthers: documents.length - served.length,
  };
}
