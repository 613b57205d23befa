import { createHash, randomBytes } from "node:crypto";
import { filesystemBlobs } from "../../src/blobs/filesystem.ts";
import { loadConfig } from "../../src/config.ts";
import type { Sql } from "../../src/db/connect.ts";
import { heartbeat, type KnownContainer, registerContainer } from "../../src/db/containers.ts";
import { ensureInstallation } from "../../src/db/installation.ts";
import { migrate } from "../../src/db/migrate.ts";
import type { SubmittedItem } from "../../src/db/submissions.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { systemRandom } from "../../src/lib/random.ts";
import { createWake } from "../../src/lib/wake.ts";
import type { Pack } from "../../src/packs/pack.ts";
import type { ServiceContext } from "../../src/services/context.ts";
import { createPackService } from "../../src/services/packs.ts";
import { createLog } from "../../src/telemetry/log.ts";

/** The request's pipeline, of tasks that do nothing. */
export const prdTasks = [
  { name: "visual_analysis", layer: 1, after: null, weight: 20, pool: "vision" },
  { name: "slide_feedback", layer: 2, after: null, weight: 20, pool: "vision" },
  {
    name: "extractions_and_template",
    layer: 3,
    after: "visual_analysis",
    weight: 30,
    pool: "text",
  },
  ...["clinical", "regulatory", "science"].map((subject) => ({
    name: `specialized_${subject}`,
    layer: 4,
    after: "extractions_and_template",
    weight: 10,
    pool: "text" as const,
  })),
] as const;

/** For each task, the one it waits for. */
export const needOf = prdTasks.map(({ after }) => prdTasks.findIndex(({ name }) => name === after));

/** A pack of tasks that need no prompts and no pages. */
export const noOpPack: Pack = {
  ...{ name: "no-op", version: 1, title: "Nothing", contentHash: "no-op" },
  ...{ limits: { slidesMax: 300 }, models: {}, prompts: {}, schemas: {}, templates: {} },
  tasks: prdTasks.map((task) => ({
    ...{ ...task, features: [], each: null, upstream: [], prompts: [], schemas: [] },
    ...{ template: null, templates: [], needsHandoff: false, attempts: 3, attemptsLost: 5 },
    ...{ timeoutSeconds: 600, stallSeconds: 300, backoffSeconds: 2 },
  })),
};

/** The product's settings as they come. */
export const defaultConfig = loadConfig({ cwd: "/nonexistent", env: {} });

/** What containers there could be: those of the benchmark need nothing in particular. */
export const startable = {
  maxReplicas: { vision: 1000, text: 1000 },
  features: { vision: [], text: [] },
};

/** Everything of the product that hands out and settles, and nothing that reads documents. */
export async function prepareQueue(sql: Sql): Promise<ServiceContext> {
  await migrate(sql);
  const ceilings = { taskMsMax: 600_000, stallMsMax: 300_000 };
  await createPackService(sql, ceilings).activate(noOpPack);
  await ensureInstallation(sql, "bench");
  return {
    sql,
    blobs: filesystemBlobs("/nonexistent"),
    log: createLog({ name: "bench", level: "silent", destination: 2 }),
    clock: systemClock,
    random: systemRandom,
    work: createWake(),
    change: createWake(),
  };
}

let replica = 0;

/** A container that is ready for work for as long as the benchmark lasts. */
export async function addContainer(
  sql: Sql,
  about: { pool: "vision" | "text"; slots: number; pipelines: number },
): Promise<Pick<KnownContainer, "id" | "classIds">> {
  replica += 1;
  const id = `${about.pool}-${replica}.bench`;
  const ttlMs = 24 * 3_600_000;
  await registerContainer(sql, {
    id,
    pool: about.pool,
    replica,
    containerId: null,
    bootId: `bench-${replica}`,
    tokenHash: createHash("sha256").update(id).digest(),
    features: [],
    capabilities: {},
    slots: about.slots,
    maxConcurrentPipelines: about.pipelines,
    coordinationUrl: null,
    visualCacheAccess: false,
    engine: { name: "extractive", model: null },
    gpu: null,
    pid: null,
    ttlMs,
  });
  await heartbeat(sql, id, { phase: "ready", note: null, ttlMs });
  const [row] = await sql<{ classIds: number[] }[]>`
    select class_ids as "classIds" from processing_servers where id = ${id}`;
  return { id, classIds: row?.classIds ?? [] };
}

/** Documents as a person submits them; every file is another one. */
export const newItems = (count: number): SubmittedItem[] =>
  Array.from({ length: count }, () => ({
    name: "deck.pdf",
    key: null,
    sha256: randomBytes(32).toString("hex"),
    bytes: 1_000_000,
    pages: 20,
  }));

export const submission = (count: number) => ({
  workspace: "default",
  pack: noOpPack.name,
  priority: 5,
  items: newItems(count),
});

/** Throws unless every pipeline has ended well, with six results in the order of its graph. */
export async function verifyQueue(sql: Sql, pipelines: number): Promise<void> {
  const [row] = await sql<Record<"done" | "results" | "early" | "left", number>[]>`
    select (select count(*)::int from pipelines where state = 'done') as done,
      (select count(*)::int from results) as results,
      (select count(*)::int from results r join unnest(${needOf}::int[]) with ordinality as n(need, nth) on n.nth = r.idx + 1 and n.need >= 0
        left join results b on b.pipeline_id = r.pipeline_id and b.idx = n.need and b.generation = r.generation
        where b.created_at is null or b.created_at > r.started_at) as early,
      (select count(*)::int from leases) + (select count(*)::int from ready) + (select count(*)::int from delayed) as left`;
  const expected = { done: pipelines, results: 6 * pipelines, early: 0, left: 0 };
  const seen = JSON.stringify(row);
  if (seen !== JSON.stringify(expected)) {
    throw new Error(`Expected ${JSON.stringify(expected)}, found ${seen}.`);
  }
}

/** Throws unless so many pipelines with an id above `afterId` have ended, each well and in order. */
export async function verifyEnded(sql: Sql, afterId: number, ended: number): Promise<void> {
  const [row] = await sql<Record<"done" | "results" | "early" | "leases", number>[]>`
    with p as materialized (select id from pipelines where id > ${afterId} and state = 'done')
    select (select count(*)::int from p) as done,
      (select count(*)::int from p join results r on r.pipeline_id = p.id) as results,
      (select count(*)::int from p join results r on r.pipeline_id = p.id
        join unnest(${needOf}::int[]) with ordinality as n(need, nth) on n.nth = r.idx + 1 and n.need >= 0
        left join results b on b.pipeline_id = r.pipeline_id and b.idx = n.need and b.generation = r.generation
        where b.created_at is null or b.created_at > r.started_at) as early,
      (select count(*)::int from leases) as leases`;
  const expected = { done: ended, results: 6 * ended, early: 0, leases: 0 };
  if (JSON.stringify(row) !== JSON.stringify(expected)) {
    throw new Error(`Expected ${JSON.stringify(expected)}, found ${JSON.stringify(row)}.`);
  }
}
