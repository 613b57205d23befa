import type { Db, Sql } from "../../src/db/connect.ts";
import { type Random, seededRandom } from "../../src/lib/random.ts";

/** Weeks of decks on rented machines: rows as the product writes them, with times of their own. */
export interface MoneyStory {
  readonly days: number;
  /** On a working day; a weekend has a quarter of it. */
  readonly sessionsPerDay: number;
  /** The last day's last deck ends before it. */
  readonly untilMs: number;
  readonly workspace?: string;
  readonly seed?: number;
  /** null: nobody charges. */
  readonly prices?: { readonly vision: number | null; readonly text: number | null };
}

interface PackRow {
  readonly id: number;
  readonly fullMask: number;
  readonly pools: readonly string[];
}
interface Told {
  readonly decks: number;
  readonly runs: number;
}

const dayMs = 86_400_000;
const minute = 60_000;
const engine = { name: "ollama", model: "llava:13b" };

/** Into a database whose pack `pitch-deck` is active. Answers what was told. */
export const tellMoney = (sql: Sql, story: MoneyStory): Promise<Told> =>
  sql.begin((tx) => tell(tx, story)) as Promise<Told>;

async function tell(sql: Db, story: MoneyStory): Promise<Told> {
  const [pack] = await sql<PackRow[]>`
    select id, full_mask as "fullMask", pools from packs where name = 'pitch-deck' and active`;
  if (pack === undefined) throw new Error("pitch-deck is not active");
  const random = seededRandom(story.seed ?? 1);
  const told = { decks: 0, runs: 0 };
  for (let day = story.days - 1; day >= 0; day -= 1) {
    const dayStart = Math.floor((story.untilMs - day * dayMs) / dayMs) * dayMs;
    const isWeekend = [0, 6].includes(new Date(dayStart).getUTCDay());
    const sessions = Math.max(1, Math.round(story.sessionsPerDay * (isWeekend ? 0.25 : 1)));
    for (let n = 0; n < sessions; n += 1) {
      const hours = 8 + (9 * (n + 0.6 * random.next())) / sessions;
      const atMs = dayStart + hours * 60 * minute;
      if (atMs + 40 * minute > story.untilMs) continue;
      const decks = 1 + Math.floor(4 * random.next());
      await session(sql, { story, pack, random, atMs, decks });
      told.decks += decks;
      told.runs += 2;
    }
  }
  return told;
}

interface Session {
  readonly story: MoneyStory;
  readonly pack: PackRow;
  readonly random: Random;
  readonly atMs: number;
  readonly decks: number;
}

/** A few decks in a row: a vision container, then a text container that is meant to be there in time. */
async function session(sql: Db, { story, pack, random, atMs, decks }: Session): Promise<void> {
  const about = (ms: number, spread: number): number =>
    ms * (1 - spread + 2 * spread * random.next());
  const visionReady = atMs + about(64_000, 0.4);
  const visualMs = Array.from({ length: decks }, () => about(95_000, 0.5));
  const firstVisual = visionReady + (visualMs[0] ?? 0);
  const textAsked = Math.max(atMs, firstVisual - about(88_000, 0.3));
  const textReady = textAsked + about(71_000, 0.3);
  const works: Work[] = [];
  const rows: Deck[] = [];
  let visionFree = visionReady;
  let textFree = textReady;
  for (const ms of visualMs) {
    const pages = 8 + Math.floor(20 * random.next());
    const visualEnd = visionFree + ms;
    const failed = random.next() < 0.05;
    if (failed)
      works.push({
        deck: rows.length,
        idx: 0,
        fromMs: visionFree,
        untilMs: visionFree + ms / 3,
        failed,
      });
    const begun = failed ? visionFree + ms / 3 : visionFree;
    works.push({ deck: rows.length, idx: 0, fromMs: begun, untilMs: visualEnd, failed: false });
    const textBegun = Math.max(visualEnd + 400, textFree);
    const textEnd = textBegun + about(38_000, 0.3);
    let end = textEnd;
    for (let idx = 1; idx < pack.pools.length; idx += 1) {
      const isText = pack.pools[idx] === "text";
      const isMain = isText && pack.pools.slice(0, idx).every((pool) => pool !== "text");
      const fromMs = isText ? (isMain ? textBegun : textEnd + 200) : visualEnd + 300;
      const untilMs = isMain ? textEnd : fromMs + about(14_000, 0.3);
      works.push({ deck: rows.length, idx, fromMs, untilMs, failed: false });
      end = Math.max(end, untilMs);
    }
    rows.push({ pages, firstMs: begun + ms / pages, endMs: end });
    visionFree = visualEnd;
    textFree = end;
  }
  const keepMs = about(150_000, 0.5);
  const vision = await addRun(sql, story, "vision", {
    ...{ fromMs: atMs, readyMs: visionReady, untilMs: visionFree + keepMs },
  });
  const text = await addRun(sql, story, "text", {
    ...{ fromMs: textAsked, readyMs: textReady, untilMs: textFree + keepMs },
  });
  await addDecks(sql, { story, pack, random, atMs, rows, works, containers: { vision, text } });
}

interface Work {
  readonly deck: number;
  readonly idx: number;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly failed: boolean;
}
interface Deck {
  readonly pages: number;
  readonly firstMs: number;
  readonly endMs: number;
}
interface Times {
  readonly fromMs: number;
  readonly readyMs: number;
  readonly untilMs: number;
}

let runs = 0;

async function addRun(sql: Db, story: MoneyStory, pool: "vision" | "text", times: Times) {
  const prices = story.prices ?? { vision: 500_000, text: 800_000 };
  const { fromMs, readyMs, untilMs } = times;
  const at = (ms: number) => new Date(ms);
  const phases = [
    ["requested", fromMs],
    ["provisioning", fromMs + 2_000],
    ["booting", fromMs + 15_000],
    ["loading", fromMs + 22_000],
    ["ready", readyMs],
    ["stopped", untilMs],
  ].map(([phase, ms]) => ({ phase, at: at(Number(ms)).toISOString() }));
  runs += 1;
  const id = `${pool}-1.told-${story.seed ?? 1}-${runs}-${fromMs}`;
  await sql`
    insert into replicas (pool, replica, provider, phase, phases, requested_at, ready_at, ended_at, billed_from, billed_until, micro_usd_per_hour, quantum_ms, gpu, gpus, region, container_id)
    values (${pool}, 1, 'told', 'stopped', ${sql.json(phases as never)}, ${at(fromMs)}, ${at(readyMs)}, ${at(untilMs)}, ${at(fromMs + 2_000)}, ${at(untilMs)},
      ${prices[pool]}, 60000, 'L40S', 1, 'FIN-03', ${id})`;
  await sql`
    insert into processing_servers (id, server_type, replica, status, features, slots, boot_id, token_hash, engine, expires_at, created_at, ended_at, worked_from)
    values (${id}, ${pool}, 1, 'stopped', '{}', 4, ${id}, '\\x00', ${sql.json(engine)}, ${at(untilMs)}, ${at(fromMs + 15_000)}, ${at(untilMs)}, ${at(readyMs)})`;
  return id;
}

interface Decks {
  readonly story: MoneyStory;
  readonly pack: PackRow;
  readonly random: Random;
  readonly atMs: number;
  readonly rows: readonly Deck[];
  readonly works: readonly Work[];
  readonly containers: Readonly<Record<"vision" | "text", string>>;
}

async function addDecks(sql: Db, decks: Decks): Promise<void> {
  const { story, pack, random, atMs, rows, works, containers } = decks;
  const at = (ms: number) => new Date(ms);
  const workspace = story.workspace ?? "default";
  const hex = () =>
    Array.from({ length: 64 }, () => Math.floor(16 * random.next()).toString(16)).join("");
  for (const [index, { pages, firstMs, endMs }] of rows.entries()) {
    const sha256 = hex();
    const name = `deck-${sha256.slice(0, 6)}.pdf`;
    const [document] = await sql<{ id: number; publicId: string }[]>`
      insert into documents (workspace, sha256, name, bytes, pages, created_at) values (${workspace}, ${sha256}, ${name}, 1000, ${pages}, ${at(atMs)})
      returning id, public_id as "publicId"`;
    const [pipeline] = await sql<{ id: number }[]>`
      insert into pipelines (workspace, document_id, document, pack_id, state, full_mask, done_mask, rank, created_at, started_at, finished_at)
      values (${workspace}, ${document?.id ?? 0}, ${document?.publicId ?? ""}, ${pack.id}, 'done', ${pack.fullMask}, ${pack.fullMask}, 0, ${at(atMs)}, ${at(atMs)}, ${at(endMs)})
      returning id`;
    const id = pipeline?.id ?? 0;
    await sql`insert into visual_results (workspace, sha256, recipe, slide, result, pipeline_id, created_at)
      values (${workspace}, ${sha256}, 'told/visual_analysis', 1, '{}', ${id}, ${at(firstMs)})`;
    for (const { idx, fromMs, untilMs, failed } of works.filter((one) => one.deck === index)) {
      const container = containers[pack.pools[idx] === "text" ? "text" : "vision"];
      if (failed) {
        await sql`insert into attempts (pipeline_id, idx, generation, attempt, container_id, epoch, lease_id, started_at, ended_at, outcome)
          values (${id}, ${idx}, 1, 1, ${container}, 1, 1, ${at(fromMs)}, ${at(untilMs)}, 'delayed')`;
      } else {
        await sql`insert into results (pipeline_id, idx, generation, result, engine, attempt, created_at, container, epoch, lease_id, started_at)
          values (${id}, ${idx}, 1, '{}', ${sql.json(engine)}, 1, ${at(untilMs)}, ${container}, 1, 1, ${at(fromMs)})`;
      }
    }
  }
}
