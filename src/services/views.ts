import { afterWait } from "../core/pipeline/estimate.ts";
import { notesOf } from "../core/pipeline/notes.ts";
import { percentOf, stageOf } from "../core/pipeline/progress.ts";
import { statusOf } from "../core/pipeline/status.ts";
import {
  fetching,
  type PoolView,
  type TaskView,
  type Waiting,
  waitingOf,
} from "../core/pipeline/waiting.ts";
import type { DocumentRow, Supply, TaskRow } from "../db/documents.ts";
import type { Failure } from "../errors/app-error.ts";
import { type ErrorCode, errorCodes, isErrorCode } from "../errors/codes.ts";
import type { Pace } from "./durations.ts";

/** A stored failure as any program may have written it: its code need not be one of ours. */
export type StoredFailure = Omit<Failure, "code"> & { readonly code: string };

/** A stored failure with its sentence and next step. A foreign code is told in the detail. */
export function failureView(failure: StoredFailure) {
  const { code, detail } = knownFailure(failure);
  return { code, title: errorCodes[code].title, detail, next: errorCodes[code].next };
}

function knownFailure({ code, detail }: StoredFailure): { code: ErrorCode; detail: string | null } {
  if (isErrorCode(code)) return { code, detail: detail ?? null };
  return { code: "INTERNAL", detail: [code, detail].filter((part) => part).join(": ") };
}

/** One document as list, detail, stream and CLI show it. Times are RFC 3339. */
export function documentView(
  row: DocumentRow,
  pace: Pace,
  supply: Supply,
  max: Record<string, number>,
  nowMs: number,
  stranded: ReadonlyMap<number, string> = new Map(),
) {
  const tasks = row.tasks.map((task) => taskFacts(task, nowMs, stranded));
  const waiting = waitOf(row, tasks, poolViews(row, supply, max, pace));
  const status = statusOf({
    state: row.state,
    tasks,
    waiting,
    failureTitle: row.failure ? failureView(row.failure).title : null,
    isQuarantined: row.failure?.code === "DOCUMENT_QUARANTINED",
    cancelledBy: row.cancelledBy,
  });
  return {
    id: row.document,
    workspace: row.workspace,
    name: row.name,
    sha256: row.sha256,
    bytes: row.bytes,
    pages: row.pages,
    createdAt: row.createdAt.toISOString(),
    company: row.company,
    version: row.version,
    fileRun: row.fileRun,
    findings: findingsView(row.findings),
    batch: row.batch,
    pipeline: {
      id: row.pipeline,
      state: row.state,
      status,
      progress: { ...progressView(row, pace, waiting, nowMs), notes: notesView(row, supply) },
      generation: row.generation,
      pack: { name: row.packName, version: row.packVersion, hash: row.packHash },
      engine: row.engine,
      createdAt: row.pipelineCreatedAt.toISOString(),
      startedAt: row.startedAt?.toISOString() ?? null,
      finishedAt: row.finishedAt?.toISOString() ?? null,
      seconds: row.seconds,
      failure: row.failure ? failureView(row.failure) : null,
    },
  };
}

function findingsView(counts: DocumentRow["findings"]) {
  if (counts === null) return null;
  const [critical = 0, major = 0, minor = 0, note = 0, praise = 0] = counts;
  return { critical, major, minor, note, praise };
}

function waitOf(
  row: DocumentRow,
  tasks: readonly TaskView[],
  pools: readonly PoolView[],
): Waiting | null {
  if (row.state === "fetching") return fetching;
  return row.state === "active" ? waitingOf(tasks, pools) : null;
}

function progressView(row: DocumentRow, pace: Pace, waiting: Waiting | null, nowMs: number) {
  const isOpen = row.finishedAt === null;
  const stage = isOpen ? stageOf(row.tasks) : undefined;
  return {
    seq: row.seq,
    percent: percentOf(row.state, row.tasks),
    stage: stage?.task ?? null,
    done: stage?.done ?? null,
    total: stage?.total ?? null,
    tasks: row.tasks.map(taskView),
    eta: afterWait(pace.eta, waiting),
    samples: pace.samples,
    waiting,
    updatedAt: new Date(nowMs).toISOString(),
  };
}

const notesView = (row: DocumentRow, { replicas }: Supply) =>
  notesOf(
    { ...row, isOpen: row.finishedAt === null },
    replicas.map((replica) => ({
      ...replica,
      serves: (pool) => replica.pool === pool || serveAll.includes(replica.pool),
      isLeaving: replica.phase === "draining" || replica.phase === "failed",
    })),
  );

function taskFacts(task: TaskRow, nowMs: number, stranded: ReadonlyMap<number, string>): TaskView {
  const retryAtMs = task.retryAt === null ? null : Date.parse(task.retryAt);
  return {
    task: task.task,
    pool: task.pool,
    state: task.state,
    done: task.done,
    total: task.total,
    attempt: task.attempt,
    round: task.round,
    gaps: task.gaps,
    failure: task.failure ? { title: failureView(task.failure).title } : null,
    retryInSeconds: retryAtMs === null ? null : (retryAtMs - nowMs) / 1000,
    stranded: stranded.get(task.classId) ?? null,
  };
}

function taskView(task: TaskRow) {
  return {
    task: task.task,
    layer: task.layer,
    weight: task.weight,
    state: task.state,
    fraction: task.state === "done" ? 1 : task.fraction,
    done: task.done,
    total: task.total,
    attempt: task.attempt,
    round: task.round,
    gaps: [...task.gaps],
    applicable: task.applicable,
    reason: task.reason,
    failure: task.failure ? failureView(task.failure) : null,
    container: task.container === null ? null : containerName(task.container),
    retryAt: task.retryAt === null ? null : new Date(task.retryAt).toISOString(),
    seconds: task.seconds,
  };
}

/** `vision-1.3f9a2c11` -> `vision-1`: people know the slot; the boot is in the events. */
const containerName = (id: string): string => id.split(".")[0] ?? id;

const furthest = [
  "ready",
  "canary",
  "loading",
  "pulling_model",
  "booting",
  "pulling_image",
  "provisioning",
  "requested",
  "draining",
];

const longest = (seconds: readonly (number | null)[]): number | null =>
  seconds.reduce<number | null>(
    (most, one) => (one === null ? most : Math.max(most ?? 0, one)),
    null,
  );

/** Pools whose containers do the work of every other one. */
const serveAll = ["shared", "dedicated"];

function poolViews(
  row: DocumentRow,
  supply: Supply,
  max: Record<string, number>,
  pace: Pace,
): PoolView[] {
  return [...new Set(row.tasks.map((task) => task.pool))].map((pool) => {
    const serves = (entry: { readonly pool: string }): boolean =>
      entry.pool === pool || serveAll.includes(entry.pool);
    const own = supply.replicas.filter(serves);
    const replicas = own.filter((entry) => entry.phase !== "failed");
    const failed = own.find((entry) => entry.phase === "failed");
    const best = [...replicas].sort(
      (a, b) => furthest.indexOf(a.phase) - furthest.indexOf(b.phase),
    )[0];
    const ready = row.tasks.find((task) => task.pool === pool && task.state === "ready");
    return {
      pool,
      phase: best?.phase ?? null,
      sinceSeconds: best?.sinceSeconds ?? 0,
      replica: best?.replica ?? null,
      running: replicas.length,
      max: max[pool] ?? replicas.length,
      ahead: ready?.ahead ?? 0,
      busy: replicas.reduce((sum, entry) => sum + entry.busy, 0),
      busySeconds: longest(replicas.map((entry) => entry.busySeconds)),
      startup: pace.startupOf(best?.pool ?? pool),
      taskTime: ready ? pace.taskTimeOf(ready.task) : null,
      trouble: best?.trouble ?? null,
      paused: supply.paused.find(serves) ?? null,
      failed: failed?.failure
        ? { replica: failed.replica, title: errorCodes[failed.failure.code].title }
        : null,
    };
  });
}
