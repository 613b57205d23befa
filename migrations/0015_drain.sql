-- A container on its way out takes no new pipeline and finishes those it holds. It holds one through its leases, so with the last
-- lease it would let go of what else of that pipeline waits. Whoever asks in the turn that settles it therefore goes on with it.

-- As of 0005, and p_leavers, p_kept: pairs of a container on its way out and a pipeline it held as this turn began to settle. Null:
-- there are none. For others a pipeline of which they hold nothing any more is one like any other, so that nobody is overtaken.
drop function hand_out(bigint, text[], int[], int[], bigint[], int[], text[], int[], bigint[]);
create function hand_out(p_epoch bigint, p_who text[], p_room int[], p_held int[], p_floor bigint[], p_seats int[], p_serves text[],
  p_classes int[], p_ranks bigint[], p_leavers text[], p_kept bigint[], out granted json[], out seen int[], out seen_ranks bigint[], out drained boolean[])
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
  mine bigint[];
begin
  granted := '{}';
  -- Round by round: what a round could not place, because its host was full by then, goes to another one in the next.
  while again loop
    again := false;
    for at in 1 .. cardinality(p_who) loop
      if (holds[at] > 0 or p_who[at] = any (p_leavers)) and room[at] > 0 then
        mine := array(select distinct l.pipeline_id from leases l where l.container_id = p_who[at] and l.id >= p_floor[at]);
        free[at] := p_seats[at] - cardinality(mine);
        if p_who[at] = any (p_leavers) then
          mine := array(select unnest(mine) union select k.id from unnest(p_leavers, p_kept) as k(container, id) where k.container = p_who[at]);
        end if;
        with t as materialized (
          select pl_now() as now
        ), found as materialized (
          select r.*, p.pack_id from unnest(p_serves[at]::int[]) as c(id) cross join unnest(mine) as m(id)
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

-- As of 0005. What a container on its way out is about to settle is noted before it is gone.
create or replace function take_turn(p_epoch bigint, p_ids bigint[], p_done jsonb, p_who text[], p_capacity int[], p_floor bigint[],
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
  leaving text[];
  leavers text[];
  kept bigint[];
begin
  if cardinality(p_who) > 0 then
    if not exists (select 1 from epochs e where e.epoch = p_epoch and e.server_started = pg_postmaster_start_time() and e.home = 'leases'::regclass) then
      raise exception 'EPOCH_STALE' using errcode = 'PL409';
    end if;
    select array_agg(s.id) filter (where s.leaves) into leaving from unnest(p_who) w
    cross join lateral (select s.id, s.drain or s.status <> 'ready' as leaves from processing_servers s where s.id = w for no key update) s;
  end if;
  if cardinality(p_ids) > 0 then
    select array_agg(distinct l.pipeline_id) into touched from leases l where l.id = any (p_ids);
    perform 1 from unnest(touched) t cross join lateral (select 1 from pipelines p where p.id = t for no key update) p;
    if leaving is not null then
      select array_agg(l.container_id), array_agg(l.pipeline_id) into leavers, kept from leases l where l.id = any (p_ids) and l.container_id = any (leaving);
    end if;
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
    handed := hand_out(p_epoch, served, room, held, floors, seats, serves, p_classes, p_ranks, leavers, kept);
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
