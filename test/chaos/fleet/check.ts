import type { Db } from "../../../src/db/connect.ts";
import { fleetVerdicts } from "./check-fleet.ts";
import { rentedVerdicts } from "./check-rented.ts";
import type { Evidence, Verdict } from "./evidence.ts";
import { type MoveRow, type Recorded, readRecorded } from "./recorded.ts";

/**
 * Judges a run by what the database and the provider show, and by nothing of the product's own rules:
 * neither services nor decisions are asked.
 */
export async function check(sql: Db, evidence: Evidence): Promise<Verdict[]> {
  const recorded = await readRecorded(sql);
  return [
    oneLiveLease(recorded),
    leasesEndOnce(recorded),
    acceptedDone(recorded, evidence),
    nothingWaits(recorded),
    resultsOnce(recorded),
    slidesOnce(recorded),
    inOrder(recorded),
    progressRises(recorded),
    shownRises(evidence),
    committedAtEnd(recorded),
    ...fleetVerdicts(recorded, evidence),
    ...rentedVerdicts(recorded, evidence),
  ];
}

const nameOf = (row: { readonly task: string; readonly pipeline: string }): string =>
  `${row.task} of ${row.pipeline}`;

export function grouped<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

/** What ends a lease. */
const leaseEnds = new Set(["task.done", "task.delayed", "task.released", "task.dead"]);

/** Between two leases of a task the first one ended, and each lease said so. */
function oneLiveLease({ leases, moves }: Recorded): Verdict {
  const given = grouped(leases, nameOf);
  const said = grouped(tasksIn(moves), nameOf);
  const broken: string[] = [];
  for (const name of new Set([...given.keys(), ...said.keys()])) {
    let held = false;
    let events = 0;
    for (const { type } of said.get(name) ?? []) {
      if (type === "task.leased") {
        if (held) broken.push(`${name} was leased while it was held`);
        events += 1;
        held = true;
      } else if (leaseEnds.has(type)) held = false;
    }
    const rows = given.get(name)?.length ?? 0;
    if (rows !== events) broken.push(`${name}: ${rows} leases, ${events} events`);
  }
  return { invariant: "one live lease a task", looked: leases.length, broken };
}

const tasksIn = (moves: readonly MoveRow[]) =>
  moves.flatMap(({ task, ...move }) => (task === null ? [] : [{ ...move, task }]));

/** A write under a lease that is gone changes nothing: no lease has two ends. */
function leasesEndOnce({ leases }: Recorded): Verdict {
  const broken = [...grouped(leases, ({ lease }) => lease)]
    .filter(([, rows]) => rows.length > 1)
    .map(([lease, rows]) => `${lease} ended ${rows.map(({ outcome }) => outcome).join(" and ")}`);
  return { invariant: "a lease ends once", looked: leases.length, broken };
}

function acceptedDone({ pipelines }: Recorded, { acknowledged }: Evidence): Verdict {
  const known = new Set(pipelines.map(({ pipeline }) => pipeline));
  const missing = acknowledged.filter((pipeline) => !known.has(pipeline));
  const open = pipelines.filter(({ state }) => state !== "done");
  return {
    invariant: "every accepted pipeline ended done",
    looked: new Set([...known, ...acknowledged]).size,
    broken: [
      ...missing.map((pipeline) => `${pipeline} was accepted and is gone`),
      ...open.map(
        ({ pipeline, state, troubles }) => `${pipeline} is ${state}: ${troubles.join("; ")}`,
      ),
    ],
  };
}

function nothingWaits({ waiting }: Recorded): Verdict {
  const broken = Object.entries(waiting)
    .filter(([, count]) => count > 0)
    .map(([table, count]) => `${count} rows in ${table}`);
  return { invariant: "no lease left, nothing waiting", looked: 3, broken };
}

/** A done task has one result of its generation and said so once; nothing else has one. */
function resultsOnce({ pipelines, results, moves }: Recorded): Verdict {
  const stored = grouped(results, nameOf);
  const said = grouped(tasksIn(moves.filter(({ type }) => type === "task.done")), nameOf);
  const broken: string[] = [];
  for (const { pipeline, generation, tasks, done } of pipelines) {
    for (const task of tasks) {
      const name = nameOf({ task, pipeline });
      const own = stored.get(name) ?? [];
      const current = own.filter((row) => row.generation === generation).length;
      const isDone = done.includes(task);
      // A rerun may leave a task out, whose result is of an earlier generation then.
      if (isDone && (generation === 1 ? current !== 1 : own.length === 0)) {
        broken.push(`${name} is done and has ${current} results`);
      }
      if (!isDone && current > 0) broken.push(`${name} has a result and is not done`);
      const events = said.get(name)?.length ?? 0;
      if (events !== own.length) broken.push(`${name}: ${own.length} results, ${events} events`);
    }
  }
  return { invariant: "one result a task, none lost", looked: results.length, broken };
}

/**
 * A slide is read once by a task. The same result sent twice, because its answer was lost, names the
 * same container and the same seconds: it was read once. An upload whose answer was lost comes again, and
 * its second pipeline takes over what the first has read of the same bytes.
 */
function slidesOnce({ pipelines, slides }: Recorded): Verdict {
  const tasks = new Set(slides.map(({ task }) => task));
  const byTask = grouped(slides, nameOf);
  const twins = grouped(pipelines, ({ file }) => file);
  const broken: string[] = [];
  for (const { pipeline, pages, file, generation, state } of pipelines) {
    for (const task of tasks) {
      const name = nameOf({ task, pipeline });
      const own = grouped(byTask.get(name) ?? [], ({ slide }) => String(slide));
      for (const [slide, rows] of own) {
        const readings = new Set(rows.map(({ container, seconds }) => `${container} ${seconds}`));
        if (readings.size > generation)
          broken.push(`${name}: slide ${slide} was read ${readings.size} times`);
      }
      const read = new Set(
        (twins.get(file) ?? [])
          .flatMap((twin) => byTask.get(nameOf({ task, pipeline: twin.pipeline })) ?? [])
          .map(({ slide }) => slide),
      ).size;
      if (state === "done" && read !== pages) {
        broken.push(`${name}: ${read} of ${pages} slides were read`);
      }
    }
  }
  return { invariant: "each slide read once in a generation", looked: slides.length, broken };
}

/** Every lease ever, also of tries that came to nothing: what the task needs was done before. */
function inOrder({ pipelines, moves }: Recorded): Verdict {
  const after = new Map(pipelines.map((row) => [row.pipeline, row.after]));
  const done = new Set<string>();
  let looked = 0;
  const broken: string[] = [];
  for (const move of tasksIn(moves)) {
    if (move.type === "task.done") done.add(nameOf(move));
    const needed = after.get(move.pipeline)?.[move.task];
    if (move.type !== "task.leased" || needed === undefined || needed === null) continue;
    looked += 1;
    const isThere = done.has(nameOf({ task: needed, pipeline: move.pipeline }));
    if (!isThere) broken.push(`${nameOf(move)} was leased before ${needed} was done`);
  }
  return { invariant: "no task before what it needs", looked, broken };
}

/** What a try says of itself rises; the next one begins at what it can go on from. */
function progressRises({ moves, progress }: Recorded): Verdict {
  const leases = grouped(tasksIn(moves.filter(({ type }) => type === "task.leased")), nameOf);
  const broken: string[] = [];
  for (const [name, rows] of grouped(progress, nameOf)) {
    const given = leases.get(name) ?? [];
    const byTry = grouped(rows, (row) => String(given.filter(({ id }) => id < row.id).length));
    for (const [nth, own] of byTry) {
      for (const [before, next] of falls(own, ({ fraction }) => fraction)) {
        broken.push(`${name}, lease ${nth}: progress fell from ${before} to ${next}`);
      }
    }
  }
  return { invariant: "the progress of a try never falls", looked: progress.length, broken };
}

function shownRises({ shown }: Evidence): Verdict {
  const broken: string[] = [];
  for (const [name, rows] of grouped(shown, (row) => `${row.pipeline}, ${row.generation}`)) {
    for (const [before, next] of falls(rows, ({ percent }) => percent)) {
      broken.push(`${name}: ${before} % were shown, then ${next} %`);
    }
  }
  return { invariant: "shown progress never falls", looked: shown.length, broken };
}

const falls = <T>(rows: readonly T[], of: (row: T) => number): (readonly [number, number])[] =>
  rows.flatMap((row, n) => {
    const before = rows[n - 1];
    return before !== undefined && of(row) < of(before) ? [[of(before), of(row)]] : [];
  });

/** 100 % means committed: once a pipeline has ended, nothing of it moves until somebody opens it again. */
function committedAtEnd({ moves }: Recorded): Verdict {
  const ended = new Set<string>();
  let looked = 0;
  const broken: string[] = [];
  for (const { type, pipeline, task } of moves) {
    if (type === "pipeline.finished") ended.add(pipeline);
    else if (task === null) ended.delete(pipeline);
    else if (ended.has(pipeline))
      broken.push(`${type} of ${task} came after the end of ${pipeline}`);
    looked += 1;
  }
  return { invariant: "nothing moves once a pipeline has ended", looked, broken };
}
