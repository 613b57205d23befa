import { type Acknowledgement, groupFailures, newestPacks } from "../core/failures/groups.ts";
import { lineFor } from "../core/failures/log-line.ts";
import {
  type AcknowledgementRow,
  addAcknowledgement,
  type FailureRow,
  readAcknowledgements,
  readFailures,
  readLogTail,
  wasReopened,
} from "../db/failures.ts";
import { AppError } from "../errors/app-error.ts";
import type { ServiceContext } from "./context.ts";
import type { Documents } from "./documents.ts";
import { createGroupRetry, type GroupRetryRequest } from "./failure-retry.ts";
import {
  type Fact,
  type Group,
  groupView,
  type Window,
  windowMs,
  windows,
} from "./failure-views.ts";

/** The newest failures of a window, and behind them what is given up: of that, less is read. */
const rowsMax = 5_000;
const openMax = 20_000;
/** Kinds that one answer tells. */
const groupsMax = 200;
const attemptsShown = 100;
/** Containers whose last words are looked up, and how many lines. */
const tailsMax = 5;
const tailLines = 20;
/** Read for them: most may be of other documents. */
const tailRead = 200;

export type Tab = "open" | "acknowledged" | "recovered" | "all";

const statesOf: Readonly<Record<Tab, readonly Group["state"][]>> = {
  open: ["open", "healing"],
  acknowledged: ["acknowledged"],
  recovered: ["recovered"],
  all: ["open", "healing", "acknowledged", "recovered", "ended"],
};

export interface AcknowledgeRequest {
  readonly kind: Acknowledgement["kind"];
  readonly note?: string | undefined;
  readonly by: string;
}

/** Failures of a workspace by kind. What names one throws FAILURE_NOT_FOUND. */
export function createFailures(context: ServiceContext, documents: Documents) {
  const { sql, clock } = context;
  const look = (workspace: string, window: Window) => readGroups(context, workspace, window);
  const find = async (workspace: string, fingerprint: string, window: Window) => {
    const seen = await look(workspace, window);
    const group = seen.groups.find((one) => one.fingerprint === fingerprint);
    if (group === undefined) throw new AppError("FAILURE_NOT_FOUND", fingerprint);
    return { ...seen, group };
  };
  const openGroups = async (workspace: string) => {
    const [rows, said] = await Promise.all([
      readOpen(context, workspace, "28d"),
      acknowledgements(context, workspace),
    ]);
    return groupFailures(rows.map(factOf), said);
  };
  const retry = createGroupRetry(context, documents);
  return {
    async list(workspace: string, { window, tab }: { window: Window; tab: Tab }) {
      const seen = await look(workspace, window);
      const nowMs = clock.nowMs();
      const own = (of: Tab): Group[] =>
        seen.groups.filter(({ state }) => statesOf[of].includes(state));
      const shown = own(tab).slice(0, groupsMax);
      const counts = { open: own("open").length, acknowledged: own("acknowledged").length };
      return {
        ...frameOf(window, nowMs),
        step: windows[window].step,
        isPart: seen.isPart,
        tabs: { ...counts, recovered: own("recovered").length, all: seen.groups.length },
        groups: shown.map((group) => groupView(group, seen.said, window, nowMs)),
        groupsLeft: own(tab).length - shown.length,
        last: counts.open > 0 ? null : await lastFailure(context, workspace, seen.groups, window),
      };
    },
    /** Groups of 28 days that need somebody; for the header, so only what is given up is read. */
    async count(workspace: string) {
      return {
        open: (await openGroups(workspace)).filter(({ state }) => state === "open").length,
        asOf: new Date(clock.nowMs()).toISOString(),
      };
    },
    async get(workspace: string, fingerprint: string, window: Window) {
      const { group, said } = await find(workspace, fingerprint, window);
      const nowMs = clock.nowMs();
      const rows = rowsOf(group.facts);
      const shown = rows.slice(0, attemptsShown);
      const tails = await tailsOf(context, shown);
      return {
        ...frameOf(window, nowMs),
        group: groupView(group, said, window, nowMs),
        attempts: shown.map((fact) => attemptView(fact, tails.get(fact) ?? null)),
        isPart: rows.length > shown.length,
      };
    },
    /** Opens given up documents of a group again, a step of them. Throws NOTHING_TO_RETRY. */
    async retry(workspace: string, fingerprint: string, request: GroupRetryRequest) {
      // What is given up alone: behind thousands that have recovered it would never be reached.
      const open = (await openGroups(workspace)).find((one) => one.fingerprint === fingerprint);
      return retry(workspace, open ?? (await find(workspace, fingerprint, "28d")).group, request);
    },
    async acknowledge(workspace: string, fingerprint: string, request: AcknowledgeRequest) {
      const { group } = await find(workspace, fingerprint, "28d");
      const { kind, note = null, by } = request;
      const isMute = kind === "muted";
      const versions = group.facts.map(({ packVersion }) => packVersion ?? 0);
      const engines = group.facts.flatMap(({ engine }) => engine ?? []);
      await addAcknowledgement(sql, {
        ...{ workspace, fingerprint, kind, note, by },
        untilPack: isMute ? Math.max(0, ...versions) : null,
        engines: isMute ? [...new Set(engines)] : [],
        packs: isMute ? newestPacks(group.facts) : [],
      });
      context.change.wakeAll();
      const said = await acknowledgements(context, workspace);
      const [again = group] = groupFailures(group.facts, said);
      return groupView(again, said, "28d", clock.nowMs());
    },
  };
}
export type Failures = ReturnType<typeof createFailures>;

const frameOf = (window: Window, nowMs: number) => ({
  asOf: new Date(nowMs).toISOString(),
  since: new Date(nowMs - windowMs(window)).toISOString(),
  window,
});

const factOf = ({ at, ...row }: FailureRow): Fact => ({ ...row, atMs: at.getTime() });

type Said = ReadonlyMap<string, Acknowledgement & Pick<AcknowledgementRow, "note" | "by">>;

async function acknowledgements({ sql }: ServiceContext, workspace: string): Promise<Said> {
  const rows = await readAcknowledgements(sql, workspace);
  return new Map(rows.map(({ at, ...row }) => [row.fingerprint, { ...row, atMs: at.getTime() }]));
}

async function readGroups(context: ServiceContext, workspace: string, window: Window) {
  const query = { workspace, sinceMs: windowMs(window), limit: rowsMax + 1 };
  const [rows, said] = await Promise.all([
    readFailures(context.sql, query),
    acknowledgements(context, workspace),
  ]);
  const isPart = rows.length > rowsMax;
  const newest = rows.slice(0, rowsMax);
  // What is given up waits for somebody, however many others have failed since.
  const all = isPart ? withOpen(newest, await readOpen(context, workspace, window)) : newest;
  return { groups: groupFailures(all.map(factOf), said), said, isPart };
}

const readOpen = ({ sql }: ServiceContext, workspace: string, window: Window) =>
  readFailures(sql, { workspace, sinceMs: windowMs(window), limit: openMax, isOpenOnly: true });

/** Both are the newest first: what is older than the last one is not there yet. */
function withOpen(newest: readonly FailureRow[], open: readonly FailureRow[]): FailureRow[] {
  const lastMs = newest.at(-1)?.at.getTime() ?? 0;
  const markOf = ({ kind, document, name, pipeline, stage, slide, lease }: FailureRow): string =>
    JSON.stringify([kind, document, name, pipeline, stage, slide, lease]);
  const atLast = new Set(newest.filter(({ at }) => at.getTime() === lastMs).map(markOf));
  const isMissing = (row: FailureRow): boolean =>
    row.at.getTime() < lastMs || (row.at.getTime() === lastMs && !atLast.has(markOf(row)));
  return [...newest, ...open.filter(isMissing)];
}

/** The newest failure of 28 days, and whether it was settled without anybody's help. */
async function lastFailure(
  context: ServiceContext,
  workspace: string,
  known: readonly Group[],
  window: Window,
) {
  const isWhole = known.length > 0 || window === "28d";
  const groups = isWhole ? known : (await readGroups(context, workspace, "28d")).groups;
  const newest = groups.toSorted((a, b) => (b.facts[0]?.atMs ?? 0) - (a.facts[0]?.atMs ?? 0))[0];
  const [fact] = newest?.facts ?? [];
  if (newest === undefined || fact === undefined) return null;
  const isDone = newest.state === "recovered" && fact.document !== null;
  return {
    at: new Date(fact.atMs).toISOString(),
    state: newest.state,
    byItself: isDone
      ? !(await wasReopened(context.sql, fact.document ?? "", new Date(fact.atMs)))
      : null,
  };
}

/** Of the newest failures, one a container. */
async function tailsOf(context: ServiceContext, facts: readonly Fact[]) {
  const tails = new Map<Fact, { at: string; line: string }[]>();
  const seen = new Set<string>();
  for (const fact of facts) {
    if (fact.container === null || seen.has(fact.container) || seen.size >= tailsMax) continue;
    seen.add(fact.container);
    const lines = await readLogTail(context.sql, fact.container, new Date(fact.atMs), tailRead);
    const { pipeline, lease } = fact;
    const owner = { pipeline, leases: lease === null ? [] : [lease] };
    const own = lines.flatMap(({ at, line }) => {
      const shown = lineFor(line, owner);
      return shown === null ? [] : [{ at: at.toISOString(), line: shown }];
    });
    tails.set(fact, own.slice(-tailLines));
  }
  return tails;
}

interface Row extends Fact {
  readonly slides: readonly number[];
}

/** Slides of one document that failed alike are one row, where the newest of them stands. */
function rowsOf(facts: readonly Fact[]): Row[] {
  const rows = new Map<string, Fact & { slides: number[] }>();
  facts.forEach((fact, at) => {
    const { slide, document, pipeline, standing, next, container } = fact;
    const alike = [document, pipeline, standing, next, container].join(" ");
    const key = slide === null ? String(at) : alike;
    const known = rows.get(key);
    if (known !== undefined && slide !== null) known.slides.push(slide);
    else rows.set(key, { ...fact, slides: slide === null ? [] : [slide] });
  });
  return [...rows.values()];
}

function attemptView(fact: Row, log: { at: string; line: string }[] | null) {
  const { atMs, document, pipeline, name, attempt, detail, container, engine } = fact;
  const { pack, packVersion, standing, next } = fact;
  return {
    at: new Date(atMs).toISOString(),
    ...{ document, pipeline, name, attempt, detail, container, engine, standing, next, log },
    slides: fact.slides.toSorted((one, other) => one - other),
    pack: pack === null ? null : `${pack}@${packVersion}`,
  };
}
