import type { Db } from "../../src/db/connect.ts";
import { addPipeline } from "../../src/db/submissions.ts";
import { hashOf } from "../support/queue.ts";
import { same } from "./expect.ts";
import type { ModelPack } from "./shapes.ts";
import type { World } from "./world.ts";

interface Item {
  readonly sha256: string;
  readonly key: string | null;
}
interface Made {
  readonly pipeline: string;
  readonly existing: boolean;
}

const pipelinesMax = 12;

/** Room for new pipelines: those that have ended are no longer watched when it is scarce. */
function makeRoom({ model, chance }: World, wanted: number): number {
  for (const { id, state } of [...model.pipelines.values()]) {
    if (model.pipelines.size + wanted <= pipelinesMax) break;
    if (state !== "active" && chance.is(0.7)) model.pipelines.delete(id);
  }
  return Math.min(wanted, pipelinesMax - model.pipelines.size);
}

/** A few keys and documents, so that they come again, alike and in conflict. */
const itemOf = ({ chance }: World): Item => {
  const sha256 = hashOf(`document ${chance.below(3)}`);
  return { sha256, key: chance.is(0.4) ? `key ${chance.below(8)}` : null };
};

export async function submitOne(world: World): Promise<string> {
  if (makeRoom(world, 1) < 1) return "no room for a submission";
  return submit(world, [itemOf(world)], async (db, given, [item]) => {
    if (!item) return [];
    const more = { name: "deck.pdf", bytes: 1000, pages: 10, idempotencyKey: item.key };
    return [await addPipeline(db, { ...given, ...more, sha256: item.sha256 })];
  });
}

export async function submitMany(world: World): Promise<string> {
  const count = makeRoom(world, 1 + world.chance.below(4));
  if (count < 1) return "no room for a batch";
  const items = Array.from({ length: count }, () => itemOf(world));
  return submit(world, items, async (db, { workspace, pack, priority }, all) => {
    const rows = all.map((item) => ({ ...item, name: "deck.pdf", bytes: 1000, pages: 10 }));
    return db<Made[]>`select pipeline_id as pipeline, existing
      from add_pipelines(${workspace}, ${pack}, ${priority}, ${db.json(rows as never)}) order by n`;
  });
}

type Send = (
  db: Db,
  given: { workspace: string; pack: string; priority: number },
  items: readonly Item[],
) => Promise<Made[]>;

async function submit(world: World, items: readonly Item[], send: Send): Promise<string> {
  const { sql, model, chance } = world;
  const workspace = chance.pick(["default", "second"]) ?? "";
  const pack = chance.pick(world.packs) as ModelPack;
  const given = { workspace, pack: pack.name, priority: chance.below(10) };
  const { isRefused, firsts } = foretell(world, workspace, items);
  const made = await send(sql, given, items).catch((error: Error) => {
    if (/IDEMPOTENCY_CONFLICT/.test(`${(error as { code?: string }).code} ${error.message}`)) {
      return null;
    }
    throw error;
  });
  same("a key in conflict", made === null, isRefused);
  if (made === null) return `${items.length} refused: a key of another document`;
  const isNew = made.map(({ existing }) => !existing);
  same("what a submission makes", isNew, firsts);
  const names = made.filter((_, at) => firsts[at]).map(({ pipeline }) => pipeline);
  const rows = await sql<{ id: number; rank: number; name: string }[]>`
    select id, rank, public_id as name from pipelines where public_id = any(${names}) order by id`;
  for (const { id, rank } of rows) model.submit(id, pack, rank);
  for (const [at, { key, sha256 }] of items.entries()) {
    const pipeline = made[at]?.pipeline ?? "";
    if (key === null) continue;
    const known = model.keys.get(`${workspace} ${key}`);
    if (known) same("the pipeline of a key", pipeline, known.pipeline);
    else model.keys.set(`${workspace} ${key}`, { sha256, pipeline });
  }
  return `submits ${rows.map(({ id }) => id).join(" ") || "nothing new"} of ${given.pack} at ${given.priority}`;
}

/** Which items are the first of their key; whether a key stands for another document, and nothing is made. */
function foretell({ model }: World, workspace: string, items: readonly Item[]) {
  const seen = new Map<string, string>();
  const firsts = items.map(({ key, sha256 }) => {
    if (key === null) return true;
    const name = `${workspace} ${key}`;
    const isKnown = model.keys.has(name) || seen.has(name);
    if (!seen.has(name)) seen.set(name, model.keys.get(name)?.sha256 ?? sha256);
    return !isKnown;
  });
  const isRefused = items.some(
    ({ key, sha256 }) => key !== null && seen.get(`${workspace} ${key}`) !== sha256,
  );
  return { isRefused, firsts };
}
