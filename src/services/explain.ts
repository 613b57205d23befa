import { type ExplainInput, inputRows } from "../core/explain/inputs.ts";
import { taskSentence } from "../core/explain/task.ts";
import type { DocumentRow, TaskRow } from "../db/documents.ts";
import { AppError } from "../errors/app-error.ts";
import type { Clock } from "../lib/clock.ts";
import type { Documents } from "./documents.ts";
import type { Failures } from "./failures.ts";
import type { FleetService } from "./fleet.ts";
import { failureView } from "./views.ts";

export type ExplainKind = "document" | "pipeline" | "task" | "container" | "decision" | "failure";

interface Told {
  readonly id: string;
  readonly name: string;
  readonly code: string | null;
  readonly sentence: string;
  readonly inputs: ExplainInput[];
  readonly changes: string[];
  readonly next: string | null;
  readonly links: { label: string; path: string }[];
}

export interface ExplainParts {
  readonly documents: Documents;
  readonly fleet: FleetService;
  readonly failures: Failures;
}

/**
 * Why something is as it is, from what is stored and from the same sentences that the page shows. Throws
 * DOCUMENT_NOT_FOUND, TASK_NOT_FOUND, REPLICA_NOT_FOUND, DECISION_NOT_FOUND and FAILURE_NOT_FOUND.
 */
export function createExplain(parts: ExplainParts, clock: Clock) {
  const tellers: Readonly<Record<ExplainKind, (workspace: string, id: string) => Promise<Told>>> = {
    document: (workspace, id) => ofDocument(parts, workspace, id),
    pipeline: (workspace, id) => ofDocument(parts, workspace, id),
    task: (workspace, id) => ofTask(clock, parts, workspace, id),
    container: (_workspace, id) => ofContainer(parts, id),
    decision: (_workspace, id) => ofDecision(parts, id),
    failure: (workspace, id) => ofFailure(parts, workspace, id),
  };
  return {
    async get(workspace: string, kind: ExplainKind, id: string) {
      const told = await tellers[kind](workspace, id);
      return { kind, ...told, asOf: new Date(clock.nowMs()).toISOString() };
    },
  };
}

const input = (name: string, value: unknown): ExplainInput[] => inputRows({ [name]: value });

/** What to do about a wait, by its code; what is not here passes by itself. */
const waitChanges: Readonly<
  Record<string, (pool: string) => [change: string, next: string | null]>
> = {
  queued: (pool) => [
    `Another ${pool} container, where the limit of the pool allows one.`,
    `pilotlight fleet start ${pool}`,
  ],
  pool_paused: (pool) => ["Resuming the pool.", `pilotlight fleet resume ${pool}`],
  stranded: () => ["A container that can do it, or another pack.", "pilotlight fleet ls"],
  container_starting: () => ["Nothing: it goes on when the container is ready.", null],
  container_draining: () => ["Nothing: another container follows.", null],
  retrying: () => ["Nothing: it is tried again by itself.", null],
  claiming: () => ["Nothing: a container takes it now.", null],
};

function timeLeft(
  eta: Awaited<ReturnType<Documents["get"]>>["pipeline"]["progress"]["eta"],
): Told["inputs"] {
  if (eta === null) return input("timeLeft", "no estimate yet");
  const { p50Seconds, p90Seconds, n } = eta;
  return inputRows({ leftP50Seconds: p50Seconds, leftP90Seconds: p90Seconds, samples: n });
}

async function ofDocument(parts: ExplainParts, workspace: string, id: string): Promise<Told> {
  const document = await parts.documents.get(workspace, id);
  const { pipeline, name, pages } = document;
  const { status, progress, failure } = pipeline;
  const { waiting, eta } = progress;
  const pool = await poolOf(parts, workspace, document.id);
  const [change, next] = waiting === null ? [] : (waitChanges[waiting.code]?.(pool) ?? []);
  const isBad = pipeline.state === "failed" || pipeline.state === "done_with_gaps";
  return {
    ...{ id, name: document.company ?? name, sentence: status.sentence },
    code: waiting?.code ?? failure?.code ?? null,
    inputs: [
      ...input("state", status.name),
      ...input("percent", progress.percent),
      ...input("pages", pages),
      ...(pipeline.finishedAt === null ? timeLeft(eta) : []),
      ...progress.tasks.flatMap(({ task, state, done, total, attempt }) =>
        input(
          task,
          [
            state,
            ...(total === null ? [] : [`${done ?? 0} of ${total}`]),
            ...(attempt > 1 ? [`attempt ${attempt}`] : []),
          ].join(", "),
        ),
      ),
      ...(waiting === null
        ? []
        : inputRows({
            wait: waiting.code,
            untilSeconds: waiting.untilSeconds,
            waitSamples: waiting.samples,
          })),
      ...progress.notes.flatMap(({ code, sentence }) =>
        input(code === "started_early" ? "startedEarly" : "barBeganAnew", sentence),
      ),
      ...(waiting === null ? [] : await poolInputs(parts, pool)),
      ...(failure === null ? [] : inputRows({ failure: failure.code, detail: failure.detail })),
    ],
    changes: [
      ...(change === undefined ? [] : [change]),
      ...(isBad && failure !== null ? [failure.next] : []),
      ...(isBad ? ["Trying again what failed."] : []),
    ],
    next: next ?? (isBad ? `pilotlight retry ${document.id}` : null),
    links: [
      { label: "Document", path: `/documents/${document.id}` },
      { label: "Activity", path: `/documents/${document.id}?tab=activity` },
      ...(waiting === null ? [] : [{ label: "Fleet", path: "/fleet" }]),
      ...progress.notes.flatMap(({ decision }) =>
        decision === null
          ? []
          : [{ label: `Decision ${decision}`, path: `/fleet?decision=${decision}` }],
      ),
    ],
  };
}

/** The pool of the task that is ready, else of the first one that has not ended. */
async function poolOf({ documents }: ExplainParts, workspace: string, id: string): Promise<string> {
  const { tasks } = await documents.find(workspace, id);
  const open = tasks.filter(({ state }) =>
    ["ready", "delayed", "leased", "blocked"].includes(state),
  );
  return (open.find(({ state }) => state === "ready") ?? open[0])?.pool ?? "vision";
}

async function poolInputs({ fleet }: ExplainParts, name: string): Promise<ExplainInput[]> {
  const { pools, replicas } = await fleet.get();
  const pool = pools.find((one) => one.pool === name) ?? pools.find((one) => one.pool === "shared");
  if (pool === undefined) return [];
  const { running, max, ready, leased } = pool;
  const own = replicas.filter((replica) => replica.pool === pool.pool);
  return inputRows({
    pool: pool.pool,
    ...{ containersRunning: running, containersMax: max, tasksReady: ready, tasksLeased: leased },
    containers: own.map((one) => `${one.name} ${one.phase}`),
  });
}

async function ofTask(
  clock: Clock,
  { documents }: ExplainParts,
  workspace: string,
  id: string,
): Promise<Told> {
  const at = id.indexOf(":");
  if (at < 0) throw new AppError("TASK_NOT_FOUND", "Name it as DOCUMENT:TASK.");
  const [of, name] = [id.slice(0, at), id.slice(at + 1)];
  const row = await documents.find(workspace, of);
  const task = row.tasks.find((one) => one.task === name);
  if (task === undefined) throw new AppError("TASK_NOT_FOUND", name);
  const { pipeline } = await documents.get(workspace, of);
  const { waiting } = pipeline.progress;
  const failure = task.failure === null ? null : failureView(task.failure);
  const [change, next] =
    waiting === null || task.state !== "ready"
      ? []
      : (waitChanges[waiting.code]?.(task.pool) ?? []);
  return {
    ...{ id, name: `${name} of ${row.name}` },
    code: failure?.code ?? (task.state === "ready" ? (waiting?.code ?? null) : null),
    sentence: taskSentence({
      ...standingOf(clock, row, task),
      waiting: waiting?.sentence ?? null,
      failureTitle: failure?.title ?? null,
    }),
    inputs: taskInputs(row, task),
    changes: change === undefined ? [] : [change],
    next:
      next ?? (task.state === "dead" ? `pilotlight retry ${row.document} --task ${name}` : null),
    links: [{ label: "Document", path: `/documents/${row.document}` }],
  };
}

const namesOf = (row: DocumentRow, { after }: TaskRow, isSettled: (state: string) => boolean) =>
  after.flatMap((index) => {
    const one = row.tasks[index];
    return one === undefined || isSettled(one.state) ? [] : [one.task];
  });

function standingOf(clock: Clock, row: DocumentRow, task: TaskRow) {
  const { state, done, total, attempt, reason, gaps, retryAt, container } = task;
  return {
    ...{ state, done, total, attempt, gaps },
    reason: task.applicable === false ? reason : null,
    container: container?.split(".")[0] ?? null,
    waitsFor: namesOf(row, task, (one) => one === "done"),
    retryInSeconds: retryAt === null ? null : (Date.parse(retryAt) - clock.nowMs()) / 1000,
  };
}

function taskInputs(row: DocumentRow, task: TaskRow): ExplainInput[] {
  const { state, layer, pool, attempt, round, done, total, seconds, container, failure } = task;
  return inputRows({
    ...{ state, layer, pool, attempt, round },
    ...(total === null ? {} : { done: done ?? 0, total }),
    ...(seconds === null ? {} : { seconds }),
    ...(task.applicable === false ? { applies: false } : {}),
    ...(container === null ? {} : { container }),
    needs: namesOf(row, task, () => false),
    ...(task.ahead === null ? {} : { tasksAhead: task.ahead }),
    ...(failure === null ? {} : { failure: failure.code, detail: failure.detail }),
  });
}

async function ofContainer({ fleet }: ExplainParts, id: string): Promise<Told> {
  const name = id.split(".")[0] ?? id;
  const [{ replicas }, { decisions }] = await Promise.all([
    fleet.get(),
    fleet.decisions({ replica: name, limit: 1 }),
  ]);
  const replica = replicas.find((one) => one.name === name);
  const [decision] = decisions;
  if (replica === undefined && decision === undefined) throw new AppError("REPLICA_NOT_FOUND", id);
  const own =
    replica === undefined
      ? input("phase", "not running")
      : inputRows({
          ...{ phase: replica.phase, leases: replica.leases, slots: replica.slots },
          provider: replica.provider,
          ...(replica.costUsd === null ? {} : { costUsd: replica.costUsd }),
          ...(replica.trouble === null ? {} : { trouble: replica.trouble }),
        });
  return {
    ...{ id, name, code: decision?.rule ?? null },
    sentence:
      decision?.sentence ??
      replica?.reason ??
      "Nothing here started it: it is run by somebody else.",
    inputs: [
      ...own,
      ...(decision === undefined
        ? []
        : inputRows({ decision: decision.id, action: decision.action, decidedAt: decision.at })),
      ...inputRows(decision?.inputs ?? {}),
    ],
    changes: otherwise(decision?.alternative),
    next: decision === undefined ? null : `pilotlight why ${decision.id}`,
    links: [{ label: "Fleet", path: "/fleet" }],
  };
}

const otherwise = (alternative: string | null | undefined): string[] =>
  alternative === null || alternative === undefined ? [] : [alternative];

async function ofDecision({ fleet }: ExplainParts, id: string): Promise<Told> {
  const number = /^[1-9]\d{0,14}$/.test(id) ? Number(id) : null;
  if (number === null) throw new AppError("DECISION_NOT_FOUND", id);
  // The newest of those before the next one is it, or it does not exist.
  const { decisions } = await fleet.decisions({ before: number + 1, limit: 1 });
  const [decision] = decisions;
  if (decision?.id !== number) throw new AppError("DECISION_NOT_FOUND", id);
  const { action, pool, replica, rule, sentence, alternative, inputs, at, policy, verdict } =
    decision;
  return {
    ...{ id, name: `${action} ${replica ?? pool}`, code: rule, sentence },
    inputs: [
      ...inputRows({ decidedAt: at, decidedBy: policy }),
      ...inputRows(inputs),
      ...input("verdict", verdict?.sentence ?? "not known yet"),
    ],
    changes: otherwise(alternative),
    next: `pilotlight fleet decisions --pool ${pool}`,
    links: [{ label: "Fleet", path: "/fleet" }],
  };
}

async function ofFailure({ failures }: ExplainParts, workspace: string, id: string): Promise<Told> {
  const { group } = await failures.get(workspace, id, "28d");
  const { code, sentence, message, state, count, documents, openDocuments, canRetry } = group;
  const { retried, helped, firstAt, lastAt, engines, packs, stage } = group;
  const isOpen = state === "open" || state === "acknowledged";
  return {
    ...{ id, name: `${stage}: ${code}`, code, sentence },
    inputs: inputRows({
      ...{ state, message: message === "" ? null : message, failures: count },
      ...{ documents, openDocuments, firstAt, lastAt, engines, packs, retried, helped },
    }),
    changes: [
      group.next,
      ...(isOpen && canRetry ? ["Trying the group again, once the cause is mended."] : []),
    ],
    next: isOpen && canRetry ? `pilotlight failures retry ${id} --dry-run` : null,
    links: [{ label: "Failures", path: `/failures?tab=all&window=28d&group=${id}` }],
  };
}
