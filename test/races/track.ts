import type { Sql } from "../../src/db/connect.ts";
import { drainContainerById, endSilentContainers, heartbeat } from "../../src/db/containers.ts";
import { readTroubledLeases, reportProgress } from "../../src/db/leases.ts";
import {
  applyMoves,
  type DoneMove,
  type LeaseKey,
  type Move,
  promoteDelayed,
} from "../../src/db/moves.ts";
import { takeTurn } from "../../src/db/turn.ts";
import type { TestDatabase } from "../support/database.ts";
import {
  activateGraph,
  addContainer,
  claim,
  claimTasks,
  delayOf,
  doneOf,
  epoch,
  factsOf,
  hashOf,
  submit,
} from "../support/queue.ts";
import { inTransaction, type Script } from "./stage.ts";

/** A place for races: two containers, two packs, and an empty queue whenever it is asked for. */
export interface Track {
  readonly sql: Sql;
  readonly one: string;
  readonly two: string;
}

export async function openTrack({ sql }: TestDatabase): Promise<Track> {
  await activateGraph(sql, "siblings", [
    { name: "left" },
    { name: "right" },
    { name: "join", after: ["left", "right"] },
  ]);
  await activateGraph(sql, "single", [{ name: "a" }]);
  return { sql, one: await addContainer(sql), two: await addContainer(sql) };
}

/** An empty queue, and both containers ready. */
export async function clear({ sql, one, two }: Track, slots = 4): Promise<void> {
  await sql`
    with a as (delete from pipelines), b as (delete from documents), c as (delete from tasks), d as (delete from ready), e as (delete from delayed),
      f as (delete from leases), g as (delete from results), h as (delete from attempts), i as (delete from task_progress), j as (delete from events)
    delete from processing_servers where id <> ${one} and id <> ${two}`;
  await sql`update processing_servers set drain = false, drain_reason = null, ended_at = null, status = 'ready', slots = ${slots},
    max_concurrent_pipelines = ${slots}, expires_at = pl_now() + interval '1 hour'`;
}

/** A pipeline whose two roots are at work, one in each container. */
export async function siblings(track: Track) {
  await clear(track);
  const { id } = await submit(track.sql, "siblings");
  const [left] = await claim(track.sql, track.one, 1);
  const [right] = await claim(track.sql, track.two, 1);
  return { id, left: left as LeaseKey, right: right as LeaseKey };
}

/** A pipeline of one task, at work in the first container. */
export async function atWork(track: Track) {
  await clear(track);
  const { id } = await submit(track.sql, "single");
  const [key] = await claim(track.sql, track.one, 1);
  return { id, key: key as LeaseKey };
}

/** The same, and its container has not been heard of for too long. */
export async function atWorkInSilence(track: Track) {
  const scene = await atWork(track);
  await track.sql`update processing_servers set expires_at = pl_now() - interval '1 second' where id = ${track.one}`;
  return scene;
}

/** As many pipelines of one task as asked for, waiting. */
export const waiting =
  (count: number, slots = 4) =>
  async (track: Track) => {
    await clear(track, slots);
    const ids: number[] = [];
    for (let n = 0; n < count; n += 1) ids.push((await submit(track.sql, "single")).id);
    return { id: ids[0] ?? 0 };
  };

export const moving = (move: Move): Script =>
  inTransaction(async (tx) => (await applyMoves(tx, [move]))[0]);
export const cancelling = (pipeline: number): Script =>
  moving({ kind: "cancel", pipeline, by: "test" });
export const retrying = (pipeline: number): Script =>
  moving({ kind: "retry", pipeline, by: "test" });

export interface Turned {
  readonly accepted: readonly boolean[];
  /** What was handed out, by index. */
  readonly tasks: readonly number[];
}

/** Settles these and asks for more, in the order given. */
export const turning = (done: readonly LeaseKey[], claimants: readonly string[]): Script =>
  inTransaction(async (tx): Promise<Turned> => {
    const claims = claimants.map((container) => ({ container, capacity: 4, floor: 0 }));
    const moves = done.map((key) => doneOf(key) as DoneMove);
    const { accepted, leases } = await takeTurn(tx, { epoch, done: moves, claims });
    return { accepted, tasks: leases.map((lease) => lease.idx) };
  });
export const claiming = (container: string): Script =>
  inTransaction(async (tx) => (await claimTasks(tx, container, epoch, 4)).length);
export const draining = (container: string): Script =>
  inTransaction((tx) => drainContainerById(tx, container, "test"));
export const promoting: Script = inTransaction((tx) => promoteDelayed(tx));
export const reporting = (container: string, key: LeaseKey): Script =>
  inTransaction((tx) => reportProgress(tx, container, key, { fraction: 0.5, done: 1, total: 2 }));
/** Of its own priority, since submissions of one wait for each other anyway. */
export const submitting = (priority: number, keys: readonly string[]): Script =>
  inTransaction(async (tx) => {
    const items = keys.map((key) => ({ key, sha256: hashOf("one"), name: "deck.pdf" }));
    return tx`select pipeline_id as pipeline, existing
      from add_pipelines('default', 'single', ${priority}, ${tx.json(items)}) order by n`;
  });

/** The rescuer's tick: every statement is a transaction of its own. */
export const reaping: Script = async ({ sql, paced, pause }) => {
  await endSilentContainers(paced);
  const troubled = await readTroubledLeases(sql);
  await pause(sql, "seen");
  const moves = troubled.map((lease) => delayOf(lease, 0, true));
  return applyMoves(sql, moves);
};
export const beating =
  (container: string): Script =>
  async ({ sql }) => {
    const beat = { phase: "ready", note: null, ttlMs: 600_000 };
    return (await heartbeat(sql, container, beat)) !== undefined;
  };
/** Another boot takes the slot of a container. */
export const registering =
  (container: string): Script =>
  ({ sql }) => {
    const [pool = "", replica = ""] = container.split(/[-.]/);
    return addContainer(sql, { pool, replica: Number(replica) });
  };

export const tasksOf = async ({ sql }: Track, id: number) => (await factsOf(sql, id)).tasks;
export const leasesOf = async ({ sql }: Track): Promise<string[]> =>
  (await sql<{ by: string }[]>`select container_id as by from leases`).map(({ by }) => by);
export const lives = async ({ sql }: Track, container: string): Promise<boolean> => {
  const rows =
    await sql`select 1 from processing_servers where id = ${container} and ended_at is null`;
  return rows.length > 0;
};
