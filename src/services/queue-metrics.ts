import { readDepths, readEventsLag } from "../db/depths.ts";
import { type RepairKind, repairKinds } from "../db/sweep.ts";
import { readDeadRows } from "../db/vacuum.ts";
import { createMetrics, type Metrics } from "../telemetry/metrics.ts";
import type { ServiceContext } from "./context.ts";
import type { Stranded } from "./stranded.ts";
import type { TurnFacts } from "./turnstile/turnstile.ts";
import type { VacuumWatch } from "./vacuum-watch.ts";

/** What the services tell, and what is read when somebody asks. */
export interface QueueMetrics {
  readonly contentType: string;
  turned(turn: TurnFacts): void;
  repaired(kind: RepairKind, rows: number): void;
  leaseLost(cause: string): void;
  cached(operation: string, result: string): void;
  cacheEvicted(entries: number): void;
  /** As it stood at the last round of its upkeep. */
  cacheUse(use: { readonly entries: number; readonly bytes: number }): void;
  /** In the text format of Prometheus. Callers at the same time share one reading. */
  text(): Promise<string>;
}

/** A count of a class that is this large means "at least". */
const depthMax = 10_000;

const turnBounds = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

export function createQueueMetrics(
  context: Pick<ServiceContext, "sql">,
  parts: { readonly stranded: Stranded; readonly watch: VacuumWatch },
): QueueMetrics {
  const metrics = createMetrics();
  const turns = metrics.histogram("turn_seconds", "Time of a turn of the queue", turnBounds);
  const claims = metrics.counter("claims_total", "Questions for work, by result", ["result"]);
  const claimed = metrics.counter("claimed_tasks_total", "Tasks handed out");
  const settles = metrics.counter("settles_total", "Ends of leases, by result", ["result"]);
  const repairs = metrics.counter("repairs_total", "Repairs of the queue, by kind", ["kind"]);
  for (const kind of repairKinds) repairs.add(0, { kind });
  const lost = metrics.counter("lost_leases_total", "Leases taken back, by cause", ["cause"]);
  const cached = metrics.counter(
    "visual_cache_requests_total",
    "Questions to the visual cache: hit, miss, error, or passed by while it was away",
    ["operation", "result"],
  );
  const evicted = metrics.counter("visual_cache_evictions_total", "Entries that were let go");
  const entries = metrics.gauge("visual_cache_entries", "Documents kept, by recipe");
  const bytes = metrics.gauge("visual_cache_bytes", "Results kept, as JSON");
  const read = createReadings(context, metrics, parts);
  let reading: Promise<string> | undefined;
  return {
    contentType: metrics.contentType,
    turned(turn) {
      turns.observe(turn.seconds);
      for (const granted of turn.granted) {
        claims.add(1, { result: granted > 0 ? "granted" : "empty" });
        claimed.add(granted);
      }
      for (const result of turn.settled) settles.add(1, { result });
    },
    repaired: (kind, rows) => repairs.add(rows, { kind }),
    leaseLost: (cause) => lost.add(1, { cause }),
    cached: (operation, result) => cached.add(1, { operation, result }),
    cacheEvicted: (n) => evicted.add(n),
    cacheUse(use) {
      entries.set(use.entries);
      bytes.set(use.bytes);
    },
    text() {
      reading ??= read()
        .then(() => metrics.text())
        .finally(() => {
          reading = undefined;
        });
      return reading;
    },
  };
}

/** Gauges that are read from the database each time; every reading is bounded. */
function createReadings(
  context: Pick<ServiceContext, "sql">,
  metrics: Metrics,
  { stranded, watch }: { readonly stranded: Stranded; readonly watch: VacuumWatch },
): () => Promise<void> {
  const labels = ["pool", "class"];
  const atLeast = `; ${depthMax} means at least`;
  const ready = metrics.gauge("ready_tasks", `Tasks that wait${atLeast}`, labels);
  const delayed = metrics.gauge(
    "delayed_tasks",
    `Tasks that wait to be tried again${atLeast}`,
    labels,
  );
  const leased = metrics.gauge("leased_tasks", `Tasks that are worked on${atLeast}`, labels);
  const oldest = metrics.gauge("oldest_ready_seconds", "Age of the oldest ready task", labels);
  const none = metrics.gauge("stranded_tasks", `Ready tasks nobody can do${atLeast}`, labels);
  const dead = metrics.gauge("dead_rows", "Rows that vacuum has yet to remove", ["table"]);
  const held = metrics.gauge(
    "vacuum_held_seconds",
    "Age of the oldest snapshot in the way of vacuum",
  );
  const lag = metrics.gauge("events_lag_seconds", "How far readers of the event stream trail");
  const memory = metrics.gauge("resident_bytes", "Memory of the control plane");
  return async () => {
    const depths = await readDepths(context.sql, depthMax);
    const reasons = await stranded.reasons();
    for (const gauge of [ready, delayed, leased, oldest, none, dead]) gauge.clear();
    for (const depth of depths) {
      const at = { pool: depth.pool, class: depth.key };
      ready.set(depth.ready, at);
      delayed.set(depth.delayed, at);
      leased.set(depth.leased, at);
      oldest.set(depth.oldestReadySeconds ?? 0, at);
      none.set(reasons.has(depth.classId) ? depth.ready : 0, at);
    }
    for (const row of await readDeadRows(context.sql)) dead.set(row.dead, { table: row.table });
    held.set((await watch.look())[0]?.seconds ?? 0);
    lag.set(await readEventsLag(context.sql));
    memory.set(process.memoryUsage.rss());
  };
}
