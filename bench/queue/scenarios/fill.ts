import type { Sql } from "../../../src/db/connect.ts";
import { noOpPack } from "../fixture.ts";

type Say = (line: string) => void;

const historyAtOnce = 50_000;
const backlogAtOnce = 50_000;
const historyDays = 30;

/** How many of `count` go into each statement. */
function* parts(count: number, atOnce: number): Generator<number> {
  for (let left = count; left > 0; left -= atOnce) yield Math.min(left, atOnce);
}

/**
 * Finished pipelines of the past month, written straight into the tables: documents, pipelines and six results
 * each. Their events are left out: those lie in the partitions of past days, which the queue never opens.
 */
export async function addHistory(sql: Sql, count: number, say: Say): Promise<void> {
  let made = 0;
  for (const part of parts(count, historyAtOnce)) {
    await sql`
      with t as (
        select i, pl_now() - ${historyDays} * interval '1 day' * (1 - (${made} + i) / ${count}::float8) as at from generate_series(1, ${part}::int) i
      ), d as (
        insert into documents (workspace, sha256, name, bytes, pages, created_at)
        select 'default', md5(random()::text) || md5(i::text), 'deck.pdf', 1000000, 20, at from t returning id, public_id, created_at
      ), p as (
        insert into pipelines (workspace, document_id, document, pack_id, state, rank, full_mask, queued_mask, done_mask, engine, created_at, started_at, finished_at)
        select 'default', d.id, d.public_id, k.id, 'done', (extract(epoch from d.created_at) * 1000)::bigint, k.full_mask, k.full_mask, k.full_mask,
          '{"name": "extractive", "model": null}', d.created_at, d.created_at + interval '1 second', d.created_at + interval '1 minute'
        from d cross join packs k where k.name = ${noOpPack.name} and k.active order by d.id returning id, finished_at
      )
      insert into results (pipeline_id, idx, generation, result, engine, attempt, container, epoch, lease_id, started_at, applicable, created_at)
      select p.id, i, 1, '{"ok": true}', '{"name": "extractive", "model": null}', 1, 'vision-1.bench', 1, 0, p.finished_at - interval '1 second', true, p.finished_at
      from p cross join generate_series(0, ${noOpPack.tasks.length - 1}) i order by p.id, i`;
    made += part;
    if (made % (10 * historyAtOnce) === 0) say(`  ${made} of ${count} finished pipelines`);
  }
}

/** Pipelines that wait, as if they had been submitted: document, pipeline, first tasks, event and share. */
export async function addBacklog(sql: Sql, count: number, say: Say): Promise<void> {
  let made = 0;
  for (const part of parts(count, backlogAtOnce)) {
    await sql`
      with k as (
        select k.id, k.full_mask, r.* from packs k cross join lateral (
          select bit_or(1::bigint << (i - 1)) as roots, array_agg(k.class_ids[i] order by i) as class_ids, array_agg(i - 1 order by i) as idxs
          from generate_subscripts(k.needs, 1) i where k.needs[i] = 0) r
        where k.name = ${noOpPack.name} and k.active
      ), a as materialized (
        select admit('default', k.class_ids[1], 5, ${part}, pl_now()) as first, pl_now() as now from k
      ), d as (
        insert into documents (workspace, sha256, name, bytes, pages, created_at)
        select 'default', md5(random()::text) || md5(i::text), 'deck.pdf', 1000000, 20, a.now from a cross join generate_series(1, ${part}::int) i returning id, public_id
      ), n as (
        select d.*, row_number() over (order by d.id) as nth from d
      ), p as (
        insert into pipelines (workspace, document_id, document, pack_id, priority, rank, full_mask, queued_mask, created_at)
        select 'default', n.id, n.public_id, k.id, 5, a.first + (n.nth - 1) * 1000, k.full_mask, k.roots, a.now from n cross join k cross join a order by n.nth
        returning id, rank
      ), told as (
        insert into events (at, type, pipeline_id, data)
        select a.now, 'moved', p.id, '[["document.accepted", null, {"name": "deck.pdf", "pages": 20, "bytes": 1000000}]]' from p cross join a
      )
      insert into ready (class_id, rank, pipeline_id, idx, generation, attempt, since)
      select r.class_id, p.rank, p.id, r.idx, 1, 1, a.now from p cross join a cross join k cross join lateral unnest(k.class_ids, k.idxs) as r(class_id, idx)
      order by r.class_id, p.rank, r.idx`;
    made += part;
    if (made % (10 * backlogAtOnce) === 0) say(`  ${made} of ${count} waiting pipelines`);
  }
}

/** As tables are that have been there for a while; then nothing of the preparation is left to be written. */
export async function settleTables(sql: Sql): Promise<void> {
  for (const table of ["documents", "pipelines", "results", "ready", "events"]) {
    await sql.unsafe(`vacuum (freeze, analyze) ${table}`);
  }
  await sql`checkpoint`;
}

/** Above it lies what is added from now on. */
export async function lastPipelineId(sql: Sql): Promise<number> {
  const [row] = await sql<{ id: number }[]>`select coalesce(max(id), 0)::int8 as id from pipelines`;
  return row?.id ?? 0;
}
