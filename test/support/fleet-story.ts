import type { DecisionRow } from "../../src/db/fleet.ts";
import type { TestDatabase } from "./database.ts";
import { activateGraph, addContainer, doneOf, settleTask, submit } from "./queue.ts";

export interface ToldDecision {
  readonly action?: DecisionRow["action"];
  readonly replica?: string | null;
  readonly rule?: string;
  readonly pool?: string;
  /** Those of one tick were decided together. */
  readonly tick?: number;
}

/** Seconds of the story. */
export interface ToldRun {
  readonly requested: number;
  readonly ready?: number;
  /** It was given its first task. */
  readonly worked?: number;
  readonly ended?: number;
  readonly failed?: boolean;
  readonly replica?: number;
  readonly pool?: string;
}

/** What has happened in a fleet, told with times of its own: rows as the product writes them. */
export interface FleetStory {
  at(seconds: number): Date;
  /** Answers its id. */
  decide(seconds: number, told?: ToldDecision): Promise<number>;
  /** The run of the last start of its name, at $3.60 an hour: a tenth of a cent a second. */
  addRun(run: ToldRun): Promise<void>;
  /** A document that went through both pools. */
  addDocument(times: {
    readonly uploaded: number;
    readonly textNeeded: number;
    readonly textStarted: number;
  }): Promise<void>;
  clear(): Promise<void>;
}

/** A story that began two hours ago. */
export async function createFleetStory({ sql }: TestDatabase): Promise<FleetStory> {
  const startedMs = Date.now() - 2 * 3_600_000;
  const at = (seconds: number): Date => new Date(startedMs + seconds * 1000);
  const maybe = (seconds: number | undefined): Date | null =>
    seconds === undefined ? null : at(seconds);
  await activateGraph(sql, "both", [{ name: "a" }, { name: "b", pool: "text", after: "a" }]);
  const reader = await addContainer(sql, { replica: 90 });
  const writer = await addContainer(sql, { replica: 91, pool: "text" });
  return {
    at,
    async decide(seconds, { action = "start", pool = "text", rule = "work-ready", ...told } = {}) {
      const { replica = action === "hold" ? null : `${pool}-1`, tick = null } = told;
      const [row] = await sql<{ id: number }[]>`
        insert into decisions (at, policy, tick, pool, action, replica, rule, sentence, inputs)
        values (${at(seconds)}, 'reference', ${tick}, ${pool}, ${action}, ${replica}, ${rule}, 'because', '{}') returning id`;
      return row?.id ?? 0;
    },
    async addRun(run) {
      const { requested, ready, worked, ended, failed = false, replica = 1, pool = "text" } = run;
      const alive = ready === undefined ? "loading" : "ready";
      const phase = ended === undefined ? alive : failed ? "failed" : "stopped";
      const phases = [
        { phase: "requested", at: at(requested) },
        ...(ready === undefined ? [] : [{ phase: "ready", at: at(ready) }]),
      ];
      await sql`
        insert into replicas (pool, replica, provider, phase, phases, requested_at, ready_at, ended_at, billed_from, billed_until, micro_usd_per_hour, decision_id)
        values (${pool}, ${replica}, 'memory', ${phase}, ${sql.json(phases as never)}, ${at(requested)}, ${maybe(ready)}, ${maybe(ended)},
          ${at(requested)}, ${maybe(ended)}, 3600000,
          (select max(id) from decisions where action = 'start' and replica = ${`${pool}-${replica}`} and at <= ${at(requested)}))`;
      await sql`
        insert into processing_servers (id, server_type, replica, status, features, slots, boot_id, token_hash, engine, expires_at, created_at, ended_at, worked_from)
        values (${`${pool}-${replica}.${requested}`}, ${pool}, ${replica}, 'ready', '{}', 1, ${`boot-${requested}`}, '\\x00', '{}', now(),
          ${at(requested + 0.5)}, ${maybe(ended)}, ${maybe(worked)})`;
    },
    async addDocument({ uploaded, textNeeded, textStarted }) {
      const { id } = await submit(sql, "both");
      await settleTask(sql, reader, id, "a", doneOf);
      await settleTask(sql, writer, id, "b", doneOf);
      const ended = at(textStarted + 20);
      await sql`update pipelines set created_at = ${at(uploaded)}, finished_at = ${ended} where id = ${id}`;
      await sql`update results set created_at = ${at(textNeeded)}, started_at = ${at(uploaded)} where pipeline_id = ${id} and idx = 0`;
      await sql`update results set created_at = ${ended}, started_at = ${at(textStarted)} where pipeline_id = ${id} and idx = 1`;
    },
    async clear() {
      await sql`truncate decisions, replicas, events`;
      await sql`delete from processing_servers where id not in (${reader}, ${writer})`;
      await sql`truncate pipelines, results, attempts, ready, leases cascade`;
    },
  };
}
