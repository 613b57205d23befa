import type { Sql } from "../../src/db/connect.ts";
import { activateGraph } from "../support/queue.ts";
import { register } from "./actions-of-containers.ts";
import { QueueModel } from "./queue-model.ts";
import { containerShapes, type ModelPack, modelPack, packTasks } from "./shapes.ts";
import { Chance, setClock, type World } from "./world.ts";

/** Packs of the model, stored and active. Once a database. */
export async function storePacks(sql: Sql): Promise<ModelPack[]> {
  const packs = [];
  for (const [name, tasks] of Object.entries(packTasks)) {
    packs.push(modelPack(name, await activateGraph(sql, name, tasks)));
  }
  await sql`insert into workspaces (id, name) values ('second', 'Second') on conflict do nothing`;
  return packs;
}

const firstDayMs = Date.UTC(2031, 0, 1);

/** An empty queue with one container of every shape; ids begin at 1 again, so that a life can be repeated. */
export async function newWorld(sql: Sql, packs: readonly ModelPack[]): Promise<World> {
  await sql`truncate reviews, deck_choices, slide_texts, portfolio_fields, portfolio, documents, pipelines, tasks, ready, delayed, leases,
    task_progress, processing_servers, results, attempts,
    events, shares, queue_clocks restart identity`;
  await sql`select setval('lease_id_seq', 1, false)`;
  // The same few statements all the time: planning them anew costs more than running them.
  await sql`set plan_cache_mode = force_generic_plan`;
  await sql`set jit = off`;
  const world: World = {
    sql,
    model: new QueueModel(firstDayMs),
    packs,
    chance: new Chance(1),
    remembered: [],
    floors: new Map(),
    doing: "",
  };
  await setClock(world, firstDayMs);
  for (const shape of containerShapes) await register(world, shape);
  return world;
}
