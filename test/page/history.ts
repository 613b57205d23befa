import type { Sql } from "../../src/db/connect.ts";

/** Days of a past that no test can wait for. */
const days = 21;

/**
 * Runs of machines that cost money, over three weeks: the shape is that of real ones, and their figures follow from
 * the number of the run alone. Decisions beside them, each with what became of it.
 */
export async function addHistory(sql: Sql): Promise<void> {
  await sql`
    insert into replicas (pool, replica, provider, phase, phase_since, requested_at, ready_at, ended_at, gpu, gpus, region,
      micro_usd_per_hour, billed_from, billed_until, phases, reason)
    select pool, 1, 'verda', 'stopped', stop_at, start_at, start_at + cold, stop_at, 'L40S', 1, 'FIN-01',
      rate, start_at, stop_at,
      jsonb_build_array(
        jsonb_build_object('phase', 'requested', 'at', start_at),
        jsonb_build_object('phase', 'provisioning', 'at', start_at + cold * 0.2),
        jsonb_build_object('phase', 'loading', 'at', start_at + cold * 0.6),
        jsonb_build_object('phase', 'ready', 'at', start_at + cold)),
      'nothing left to do'
    from (
      select pool, rate, make_interval(secs => 50 + (n * 7) % 60) as cold, start_at,
        start_at + make_interval(mins => 12 + (n * 5) % 25) as stop_at
      from generate_series(1, ${days * 4}) as n,
        (values ('vision', 500000, 0), ('text', 800000, 3)) as p(pool, rate, minutes),
        lateral (select pl_now() - make_interval(hours => n * 6, mins => (n * 11) % 50 - minutes) as start_at) as s
    ) as runs`;
  await sql`
    insert into decisions (at, policy, pool, action, replica, rule, sentence, inputs, verdict)
    select pl_now() - make_interval(hours => n * 6), 'reference', pool, 'start', pool || '-1', 'work waits',
      pool || '-1 started: ' || (1 + n % 4) || ' documents wait.', '{}',
      jsonb_build_object('kind', case n % 4 when 0 then 'late' when 1 then 'on-time' when 2 then 'early' else 'on-time' end,
        'seconds', n % 30, 'microUsd', n * 90, 'documents', 1, 'waitSeconds', n % 30)
    from generate_series(1, ${days * 4}) as n, (values ('vision'), ('text')) as p(pool)`;
}

const copies = 60;

/** Copies of what was read, under long names: hundreds of rows in every list, each with results of its own. */
export async function addCrowd(sql: Sql): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`
      create temporary table crowd on commit drop as
      select p.id as pipeline_id, d.id as document_id, n, pl_now() - make_interval(hours => n * 3 + d.id::int) as at
      from pipelines p join documents d on d.id = p.document_id, generate_series(1, ${copies}) as n
      where p.state in ('done', 'done_with_gaps') and d.deleted_at is null`;
    await tx`alter table crowd add column new_document bigint, add column new_pipeline bigint`;
    await tx`
      update crowd set new_document = nextval(pg_get_serial_sequence('documents', 'id')),
        new_pipeline = nextval(pg_get_serial_sequence('pipelines', 'id'))`;
    await tx`
      insert into documents (id, workspace, sha256, name, bytes, pages, created_at)
      overriding system value
      select c.new_document, d.workspace, d.sha256,
        'Northwind Biologics and Diagnostics Holding - Series ' || chr(65 + c.n % 5) || ' investor deck, version ' || c.n || '.pdf',
        d.bytes, d.pages, c.at
      from crowd c join documents d on d.id = c.document_id`;
    await tx`
      insert into pipelines (id, workspace, document_id, pack_id, state, full_mask, done_mask, skipped_mask, gap_mask, engine,
        created_at, started_at, finished_at, rank, document)
      overriding system value
      select c.new_pipeline, p.workspace, c.new_document, p.pack_id, p.state, p.full_mask, p.done_mask, p.skipped_mask, p.gap_mask,
        p.engine, c.at, c.at, c.at + (p.finished_at - p.created_at), p.rank, d.public_id
      from crowd c join pipelines p on p.id = c.pipeline_id join documents d on d.id = c.new_document`;
    await tx`
      insert into results (pipeline_id, idx, generation, result, engine, attempt, created_at, gaps, applicable, reason)
      select c.new_pipeline, r.idx, r.generation, r.result, r.engine, r.attempt, c.at, r.gaps, r.applicable, r.reason
      from crowd c join results r on r.pipeline_id = c.pipeline_id`;
  });
}
