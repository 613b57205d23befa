-- One turn of the queue: settle what has ended, free what stands on it, close what is complete, hand out what waits.
-- Lock order: containers by id, pipelines by id, then delayed, ready, leases, which is the way a task goes. Promotion
-- touches the last three only and hand_out passes by what is locked, so none can wait in a circle.
--
-- Plans here must not depend on statistics: they are cached while tables grow from nothing to millions and back. So every
-- growing table is reached by `= any (list)`, by a lateral lookup fenced with `offset 0`, or in the order of its index with a
-- limit, and sequential scans are off.

-- Settles tasks that went well. The caller holds the pipelines' locks. p_done: [{epoch, id, container?, result, engine, gaps?,
-- applicable, reason}]. A lease that is gone is not accepted and nothing is written for it; of two moves of one lease the
-- first counts. Answers the ordinals accepted (from 1) and, by pipeline, what has to be advanced.
create function settle_done(p_ids bigint[], p_done jsonb, p_now timestamptz, out accepted int[], out ids bigint[], out bits bigint[], out gaps bigint[],
  out holders text[], out starts timestamptz[], out engines jsonb[], out said text[])
language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off as $$
begin
  with m as materialized (
    select distinct on (x.epoch, x.id) x.* from (
      select x.*, count(*) over (partition by x.epoch, x.id) as asked from rows from (jsonb_to_recordset(p_done) as (epoch bigint, id bigint, container text,
        result jsonb, engine jsonb, gaps jsonb, applicable boolean, reason text)) with ordinality as x(epoch, id, container, result, engine, gaps, applicable, reason, n)
    ) x
    -- One that asks for another's lease must not stand before its holder.
    order by x.epoch, x.id, x.asked > 1 and x.container is not null
      and not exists (select 1 from leases l where l.id = x.id and l.epoch = x.epoch and l.container_id = x.container offset 0), x.n
  ), gone as (
    delete from leases l using m where l.id = any (p_ids) and l.epoch = m.epoch and l.id = m.id and l.container_id = coalesce(m.container, l.container_id)
    returning m.n::int, l.*, m.result, m.engine, m.applicable, m.reason,
      case when m.gaps <> '[]' then (select array_agg(g::int) from jsonb_array_elements_text(m.gaps) g) end as gaps
  ), kept as (
    insert into results (pipeline_id, idx, generation, result, engine, attempt, container, epoch, lease_id, started_at, gaps, applicable, reason, created_at)
    select pipeline_id, idx, generation, result, engine, attempt, container_id, epoch, id, leased_at, coalesce(gone.gaps, '{}'), applicable, reason, p_now from gone
  ), sums as (
    select pipeline_id, bit_or(1::bigint << idx) as done, coalesce(bit_or(1::bigint << idx) filter (where gone.gaps is not null), 0) as gaps,
      min(container_id) as holder, min(leased_at) as started, (array_agg(engine order by n))[1] as engine,
      string_agg(json_build_array('task.done', idx, json_build_object('seconds', extract(epoch from p_now - leased_at), 'container', container_id,
        'gaps', gone.gaps, 'applicable', applicable, 'reason', reason))::text, ',') as said
    from gone group by pipeline_id
  )
  select (select array_agg(n) from gone), array_agg(s.pipeline_id), array_agg(s.done), array_agg(s.gaps), array_agg(s.holder), array_agg(s.started),
    array_agg(s.engine), array_agg(s.said)
  into accepted, ids, bits, gaps, holders, starts, engines, said from sums s;
end $$;

-- The one function that frees and closes, whichever door was used: adds the new bits, skips what stands on a dead task,
-- queues what may start, ends what is complete. The caller holds the row locks, and this is a later statement than theirs.
-- A freed task goes straight to the container that settled what it stood on, while that one has room (p_who, p_room).
create function advance_pipelines(p_ids bigint[], p_done bigint[], p_gaps bigint[], p_starts timestamptz[], p_engines jsonb[], p_now timestamptz,
  p_said text[] default null, p_epoch bigint default null, p_holders text[] default null, p_who text[] default null, p_room int[] default null, p_serves text[] default null,
  out granted json, out takers text[], out freed int[], out freed_ranks bigint[])
language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off as $$
begin
  with b as (
    select b.*, w.at, w.serves from unnest(p_ids, p_done, p_gaps, p_starts, p_engines, p_holders, p_said) as b(id, done, gaps, started, engine, holder, said)
    left join unnest(p_who, p_serves::text[]) with ordinality as w(id, serves, at) on w.id = b.holder
  ), cur as materialized (
    select p.id, k.class_ids, k.timeout_ms, k.stall_ms, p.rank, p.generation, p.created_at, b.started, b.said,
      coalesce(p.engine, b.engine) as engine, b.at, b.serves::int[] as serves, m.done, m.gaps, s.skipped, s.skipped & ~p.skipped_mask as lost, f.fresh, e.ending
    from b cross join lateral (select * from pipelines p where p.id = b.id and p.state = 'active' offset 0) p
    cross join lateral (select needs, dependents, class_ids, timeout_ms, stall_ms from packs k where k.id = p.pack_id offset 0) k
    cross join lateral (select p.done_mask | coalesce(b.done, 0) as done, p.gap_mask | coalesce(b.gaps, 0) as gaps offset 0) m
    cross join lateral (select p.skipped_mask | case when p.dead_mask = 0 then 0 else coalesce((
      select bit_or(k.dependents[i]) from generate_subscripts(k.dependents, 1) i where p.dead_mask & (1::bigint << (i - 1)) <> 0), 0) end as skipped offset 0) s
    cross join lateral (select coalesce(bit_or(1::bigint << (i - 1)), 0) as fresh from generate_subscripts(k.needs, 1) i
      where (p.queued_mask | m.done | p.dead_mask | s.skipped) & (1::bigint << (i - 1)) = 0 and k.needs[i] & ~m.done = 0) f
    cross join lateral (select case when (m.done | p.dead_mask | s.skipped) <> p.full_mask then null
      when m.done = p.full_mask and m.gaps = 0 then 'done' when m.done = 0 then 'failed' else 'done_with_gaps' end as ending offset 0) e
  ), moved as (
    update pipelines p set done_mask = c.done, gap_mask = c.gaps, skipped_mask = c.skipped, queued_mask = p.queued_mask | c.fresh,
      engine = c.engine, started_at = coalesce(p.started_at, c.started), state = coalesce(c.ending, 'active'), finished_at = case when c.ending is not null then p_now end,
      failure = case when c.ending in ('failed', 'done_with_gaps')
        then (select t.failure from tasks t where t.pipeline_id = c.id and p.dead_mask & (1::bigint << t.idx) <> 0 order by t.idx limit 1) end
    from cur c where p.id = any (p_ids) and p.id = c.id
  ), open as (
    select o.*, row_number() over (partition by o.at order by o.rank, o.id, o.idx) as nth from (
      select c.id, c.rank, c.generation, (i - 1)::smallint as idx, c.class_ids[i] as class_id, c.timeout_ms[i] as timeout_ms, c.stall_ms[i] as stall_ms,
        case when c.class_ids[i] = any (c.serves) then c.at end as at
      from cur c cross join lateral generate_subscripts(c.class_ids, 1) i where c.fresh & (1::bigint << (i - 1)) <> 0) o
  ), placed as materialized (
    select *, case when nth <= p_room[at] then p_who[at] end as container from open
  ), lease as (
    insert into leases (epoch, pipeline_id, idx, generation, attempt, class_id, container_id, leased_at, progressed_at, deadline_at, stall_ms)
    select p_epoch, id, idx, generation, 1, class_id, container, p_now, p_now, p_now + timeout_ms * interval '1 millisecond', stall_ms
    from placed where container is not null order by rank, id, idx
    returning id, container_id, pipeline_id, idx, generation, attempt, class_id, deadline_at
  ), wait as (
    insert into ready (class_id, rank, pipeline_id, idx, generation, attempt, since)
    select class_id, rank, id, idx, generation, 1, p_now from placed where container is null returning class_id, rank
  ), loose as (
    select class_id, min(rank) as rank from wait group by class_id
  ), told as (
    insert into events (at, type, pipeline_id, data)
    select p_now, 'moved', x.id, ('[' || string_agg(x.said, ',' order by x.nth) || ']')::json from (
      select c.id, 1 as nth, c.said from cur c where c.said is not null
      union all
      select o.id, 2, string_agg(json_build_array('task.leased', o.idx, json_build_object('container', o.container, 'attempt', 1))::text, ',')
      from placed o where o.container is not null group by o.id
      union all
      select c.id, 3, (select string_agg(json_build_array('task.skipped', i - 1, json_build_object('because', 'a task it waits for failed'))::text, ',' order by i)
        from generate_subscripts(c.class_ids, 1) i where c.lost & (1::bigint << (i - 1)) <> 0) from cur c where c.lost <> 0
      union all
      select c.id, 4, json_build_array('pipeline.finished', null, json_build_object(
        'state', c.ending, 'seconds', extract(epoch from p_now - c.created_at), 'engine', c.engine))::text from cur c where c.ending is not null
    ) x group by x.id
  ), marks as (
    -- What failed keeps its marks: its progress does not fall.
    delete from task_progress g where g.pipeline_id = any (array(select c.id from cur c where c.ending in ('done', 'done_with_gaps')))
  )
  select (select json_agg(json_build_array(id, container_id, pipeline_id, idx, generation, attempt, class_id, deadline_at)) from lease),
    (select array_agg(container_id) from lease), array_agg(l.class_id), array_agg(l.rank) into granted, takers, freed, freed_ranks from loose l;
end $$;

-- Hands waiting tasks to containers: first those of pipelines a container holds already (pages are drawn, context is warm), then
-- those of new pipelines, seat by seat over all containers, so that none is filled while another is empty. p_room: free slots;
-- p_held: leases it holds now; p_floor: an id below which none of them lies; p_seats: pipelines it may hold, 0 when it takes no new
-- one; p_serves: its classes, as text. p_classes, p_ranks: below that rank nothing waits (a hint). Answers lists of leases, and by
-- class that was looked through: below which rank nothing waits now (0: unknown), and whether nothing was left at all.
create function hand_out(p_epoch bigint, p_who text[], p_room int[], p_held int[], p_floor bigint[], p_seats int[], p_serves text[],
  p_classes int[], p_ranks bigint[], out granted json[], out seen int[], out seen_ranks bigint[], out drained boolean[])
language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off as $$
declare
  room int[] := p_room;
  free int[] := p_seats;
  more json;
  same text;
  seats int[];
  wanted int;
  classes int[];
  ranks bigint[];
  found_all int;
  seated_all int;
  takers int[];
  holds int[] := p_held;
  again boolean := true;
begin
  granted := '{}';
  -- Round by round: what a round could not place, because its host was full by then, goes to another one in the next.
  while again loop
    again := false;
    for at in 1 .. cardinality(p_who) loop
      if holds[at] > 0 and room[at] > 0 then
        free[at] := p_seats[at] - (select count(distinct l.pipeline_id) from leases l where l.container_id = p_who[at] and l.id >= p_floor[at]);
      end if;
      if holds[at] > 0 and room[at] > 0 then
        with t as materialized (
          select pl_now() as now
        ), mine as materialized (
          select distinct l.pipeline_id as id from leases l where l.container_id = p_who[at] and l.id >= p_floor[at]
        ), found as materialized (
          select r.*, p.pack_id from unnest(p_serves[at]::int[]) as c(id) cross join mine m
          cross join lateral (select p.rank, p.pack_id from pipelines p where p.id = m.id offset 0) p
          cross join lateral (select ctid as place, r.* from ready r where r.class_id = c.id and r.rank = p.rank and r.pipeline_id = m.id order by r.idx
            limit room[at] for update skip locked) r
          order by r.rank, r.pipeline_id, r.idx limit room[at]
        ), gone as (
          delete from ready r where r.ctid = any (array(select place from found))
        ), lease as (
          insert into leases (epoch, pipeline_id, idx, generation, attempt, class_id, container_id, leased_at, progressed_at, deadline_at, stall_ms)
          select p_epoch, f.pipeline_id, f.idx, f.generation, f.attempt, f.class_id, p_who[at], t.now, t.now,
            t.now + k.timeout_ms[f.idx + 1] * interval '1 millisecond', k.stall_ms[f.idx + 1]
          from found f cross join t cross join lateral (select timeout_ms, stall_ms from packs k where k.id = f.pack_id offset 0) k
          order by f.rank, f.pipeline_id, f.idx returning id, container_id, pipeline_id, idx, generation, attempt, class_id, deadline_at
        ), told as (
          insert into events (at, type, pipeline_id, data)
          select t.now, 'moved', pipeline_id, json_agg(json_build_array('task.leased', idx, json_build_object('container', container_id, 'attempt', attempt))) from lease cross join t group by pipeline_id, t.now
        )
        select json_agg(json_build_array(id, container_id, pipeline_id, idx, generation, attempt, class_id, deadline_at)) into more from lease;
        if more is not null then
          granted := granted || more;
          room[at] := room[at] - json_array_length(more);
          holds[at] := holds[at] + json_array_length(more);
        end if;
      end if;
    end loop;

    -- Containers that serve the same classes are seated together.
    for same in select distinct w.serves from unnest(p_serves, room, free) as w(serves, slots, chairs) where w.slots > 0 and w.chairs > 0
    loop
      -- A seat is a place for one more pipeline; the first seat of every container comes before any second one.
      with host as (
        select w.at, w.slots, w.chairs from unnest(p_serves, room, free) with ordinality as w(serves, slots, chairs, at)
        where w.serves = same and w.slots > 0 and w.chairs > 0
      )
      select array_agg(h.at order by j, h.at), (select sum(slots) from host) into seats, wanted from host h cross join lateral generate_series(1, least(h.chairs, h.slots)) j;

      with t as materialized (
        -- After the snapshot: no task seems to begin before the end of one it waited for.
        select pl_now() as now
      ), found as materialized (
        select r.*, dense_rank() over (order by r.rank, r.pipeline_id) as seat
        from unnest(same::int[]) as c(id) left join lateral (select f.rank from unnest(p_classes, p_ranks) as f(class_id, rank) where f.class_id = c.id) f on true
        cross join lateral (select ctid as place, r.* from ready r where r.class_id = c.id and r.rank >= coalesce(f.rank, '-9223372036854775808'::bigint)
          order by r.class_id, r.rank, r.pipeline_id, r.idx limit wanted for update skip locked) r
      ), seated as (
        select f.*, seats[f.seat] as at, row_number() over (partition by seats[f.seat] order by f.rank, f.pipeline_id, f.idx) as nth from found f
      ), void as (
        -- The first seat whose host is full before its pipeline's turn: from there on all wait for the next round, so that none is passed by.
        select coalesce(min(v.seat), 9223372036854775807) as seat from (
          select s.seat from seated s where s.at is not null group by s.seat, s.at having min(s.nth) > room[s.at]) v
      ), ranked as materialized (
        select s.*, coalesce(s.nth <= room[s.at] and s.seat < v.seat, false) as is_placed from seated s cross join void v
      ), placed as materialized (
        select * from ranked where is_placed
      ), looked as (
        select class_id, coalesce(min(rank) filter (where not is_placed), max(rank)) as rank, count(*)::int as n from ranked group by class_id
      ), gone as (
        delete from ready r where r.ctid = any (array(select place from placed))
      ), lease as (
        insert into leases (epoch, pipeline_id, idx, generation, attempt, class_id, container_id, leased_at, progressed_at, deadline_at, stall_ms)
        select p_epoch, f.pipeline_id, f.idx, f.generation, f.attempt, f.class_id, p_who[f.at], t.now, t.now,
          t.now + k.timeout_ms[f.idx + 1] * interval '1 millisecond', k.stall_ms[f.idx + 1]
        from placed f cross join t cross join lateral (select p.pack_id from pipelines p where p.id = f.pipeline_id offset 0) p
        cross join lateral (select timeout_ms, stall_ms from packs k where k.id = p.pack_id offset 0) k
        order by f.rank, f.pipeline_id, f.idx returning id, container_id, pipeline_id, idx, generation, attempt, class_id, deadline_at
      ), told as (
        insert into events (at, type, pipeline_id, data)
        select t.now, 'moved', pipeline_id, json_agg(json_build_array('task.leased', idx, json_build_object('container', container_id, 'attempt', attempt))) from lease cross join t group by pipeline_id, t.now
      )
      select (select json_agg(json_build_array(id, container_id, pipeline_id, idx, generation, attempt, class_id, deadline_at)) from lease),
        array_agg(c.id), array_agg(coalesce(k.rank, 0)), coalesce(sum(k.n), 0), (select array_agg(p.at) from placed p), (select count(*) from ranked r where r.at is not null)
      into more, classes, ranks, found_all, takers, seated_all
      from unnest(same::int[]) as c(id) left join looked k on k.class_id = c.id;
      if more is not null then
        granted := granted || more;
        again := again or seated_all > cardinality(takers);
        for at in 1 .. cardinality(takers) loop
          room[takers[at]] := room[takers[at]] - 1;
          holds[takers[at]] := holds[takers[at]] + 1;
        end loop;
      end if;
      seen := seen || classes;
      seen_ranks := seen_ranks || ranks;
      drained := drained || array_fill(found_all < wanted, array[cardinality(classes)]);
    end loop;
  end loop;
end $$;

-- The hot path in one call and one commit: tasks that went well are settled (p_done, as in settle_done), and each container of
-- p_who (in order) gets up to p_capacity tasks, never past its slots and pipelines. p_floor: per container, an id below which it
-- holds no lease, 0 when unknown. Answers the ordinals accepted; lists of [id, container, pipeline, idx, generation, attempt,
-- class, deadline]; classes that tasks were freed of, with their lowest rank; for the containers served the oldest lease each
-- held before, or 0; and what hand_out saw. Raises EPOCH_STALE when the epoch was drawn on another life of this server.
create function take_turn(p_epoch bigint, p_ids bigint[], p_done jsonb, p_who text[], p_capacity int[], p_floor bigint[],
  p_classes int[] default '{}', p_ranks bigint[] default '{}', out accepted int[], out granted json, out freed int[], out freed_ranks bigint[],
  out served text[], out lowest bigint[], out seen int[], out seen_ranks bigint[], out drained boolean[])
language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off as $$
declare
  now_ timestamptz := pl_now();
  touched bigint[];
  settled record;
  room int[];
  held int[];
  floors bigint[];
  seats int[];
  serves text[];
  direct json;
  takers text[];
  place int;
  handed record;
  lists json[] := '{}';
begin
  if cardinality(p_who) > 0 then
    if not exists (select 1 from epochs e where e.epoch = p_epoch and e.server_started = pg_postmaster_start_time() and e.home = 'leases'::regclass) then
      raise exception 'EPOCH_STALE' using errcode = 'PL409';
    end if;
    perform 1 from unnest(p_who) w cross join lateral (select 1 from processing_servers s where s.id = w for no key update) s;
  end if;
  if cardinality(p_ids) > 0 then
    select array_agg(distinct l.pipeline_id) into touched from leases l where l.id = any (p_ids);
    perform 1 from unnest(touched) t cross join lateral (select 1 from pipelines p where p.id = t for no key update) p;
    settled := settle_done(p_ids, p_done, now_);
    accepted := settled.accepted;
  end if;
  if cardinality(p_who) > 0 then
    select array_agg(s.id), array_agg(greatest(0, least(w.capacity, s.slots - l.n))), array_agg(l.n), array_agg(w.floor), array_agg(s.seats), array_agg(s.serves), array_agg(l.lowest)
    into served, room, held, floors, seats, serves, lowest
    from unnest(p_who, p_capacity, p_floor) as w(id, capacity, floor)
    cross join lateral (select s.id, s.slots, s.class_ids::text as serves, case when s.status = 'ready' and not s.drain then s.max_concurrent_pipelines else 0 end as seats
      from processing_servers s where s.id = w.id and s.ended_at is null and s.expires_at > now_ and s.status in ('ready', 'draining') offset 0) s
    cross join lateral (select count(*)::int as n, coalesce(min(l.id), 0) as lowest from leases l where l.container_id = s.id and l.id >= w.floor) l;
  end if;
  if accepted is not null then
    select a.granted, a.takers, a.freed, a.freed_ranks into direct, takers, freed, freed_ranks from advance_pipelines(settled.ids, settled.bits, settled.gaps, settled.starts, settled.engines, now_,
      settled.said, p_epoch, settled.holders, served, room, serves) a;
    if direct is not null then
      lists := array[direct];
      for at in 1 .. cardinality(takers) loop
        place := array_position(served, takers[at]);
        room[place] := room[place] - 1;
        held[place] := held[place] + 1;
      end loop;
    end if;
  end if;
  if served is not null then
    handed := hand_out(p_epoch, served, room, held, floors, seats, serves, p_classes, p_ranks);
    lists := lists || handed.granted;
    seen := handed.seen;
    seen_ranks := handed.seen_ranks;
    drained := handed.drained;
  end if;
  if cardinality(lists) > 0 then
    granted := to_json(lists);
    -- Works now; a heartbeat that names no lease says since when it does not.
    update processing_servers s set idle_since = 'infinity' where s.id = any (served) and s.idle_since is distinct from 'infinity'
      and exists (select 1 from leases l where l.container_id = s.id and l.id >= floors[array_position(served, s.id)]);
  end if;
end $$;
