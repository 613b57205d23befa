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
  /** Of each pool, by turns: sessions that overlap need one each. Absent: 1. */
  readonly replicas?: number;
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
export async function tellMoney(sql: Sql, story: MoneyStory): Promise<Told> {
  const [pack] = await sql<PackRow[]>`
    select id, full_mask as "fullMask", pools from packs where name = 'pitch-deck' and active`;
  if (pack === undefined) throw new Error("pitch-deck is not active");
  const sessions = sessionsOf(story, pack);
  for (let at = 0; at < sessions.length; at += sessionsAtOnce) {
    const some = sessions.slice(at, at + sessionsAtOnce);
    await sql.begin(async (tx) => {
      await writeRuns(
        tx,
        story,
        some.flatMap(({ runs }) => runs),
      );
      await writeDecks(
        tx,
        { story, pack },
        some.flatMap(({ decks }) => decks),
      );
    });
  }
  const told = { decks: sessions.reduce((sum, { decks }) => sum + decks.length, 0) };
  return { ...told, runs: 2 * sessions.length };
}
const sessionsAtOnce = 500;

function sessionsOf(story: MoneyStory, pack: PackRow): readonly Session[] {
  const random = seededRandom(story.seed ?? 1);
  const told: Session[] = [];
  for (let day = story.days - 1; day >= 0; day -= 1) {
    const dayStart = Math.floor((story.untilMs - day * dayMs) / dayMs) * dayMs;
    const isWeekend = [0, 6].includes(new Date(dayStart).getUTCDay());
    const sessions = Math.max(1, Math.round(story.sessionsPerDay * (isWeekend ? 0.25 : 1)));
    for (let n = 0; n < sessions; n += 1) {
      const hours = 8 + (9 * (n + 0.6 * random.next())) / sessions;
      const atMs = dayStart + hours * 60 * minute;
      if (atMs + 40 * minute > story.untilMs) continue;
      const decks = 1 + Math.floor(4 * random.next());
      const replica = 1 + (told.length % (story.replicas ?? 1));
      told.push(session({ story, pack, random, atMs, decks, replica }));
    }
  }
  return told;
}

interface Session {
  readonly runs: readonly Run[];
  readonly decks: readonly Deck[];
}

interface SessionPlan {
  readonly story: MoneyStory;
  readonly pack: PackRow;
  readonly random: Random;
  readonly atMs: number;
  readonly decks: number;
  readonly replica: number;
}

/** A few decks in a row: a vision container, then a text container that is meant to be there in time. */
function session({ story, pack, random, atMs, decks, replica }: SessionPlan): Session {
  const about = (ms: number, spread: number): number =>
    ms * (1 - spread + 2 * spread * random.next());
  const visionReady = atMs + about(64_000, 0.4);
  const visualMs = Array.from({ length: decks }, () => about(95_000, 0.5));
  const firstVisual = visionReady + (visualMs[0] ?? 0);
  const textAsked = Math.max(atMs, firstVisual - about(88_000, 0.3));
  const textReady = textAsked + about(71_000, 0.3);
  const works: Work[] = [];
  const rows: Pick<Deck, "pages" | "atMs" | "firstMs" | "endMs">[] = [];
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
    // The first deck has a container started; every other is uploaded when that is ready and soon free.
    const uploaded = rows.length === 0 ? atMs : Math.max(visionReady, visionFree - 30_000);
    rows.push({ pages, atMs: uploaded, firstMs: begun + ms / pages, endMs: end });
    visionFree = visualEnd;
    textFree = end;
  }
  const keepMs = about(150_000, 0.5);
  const vision = runOf(story, "vision", {
    replica,
    ...{ fromMs: atMs, readyMs: visionReady, untilMs: visionFree + keepMs },
  });
  const text = runOf(story, "text", {
    replica,
    ...{ fromMs: textAsked, readyMs: textReady, untilMs: textFree + keepMs },
  });
  const hex = () =>
    Array.from({ length: 64 }, () => Math.floor(16 * random.next()).toString(16)).join("");
  return {
    runs: [vision, text],
    decks: rows.map((row, index): Deck => {
      const own = works.filter(({ deck }) => deck === index);
      const place = (idx: number) => (pack.pools[idx] === "text" ? text.id : vision.id);
      const held = own.map((work) => ({ ...work, container: place(work.idx) }));
      return { ...row, sha256: hex(), works: held };
    }),
  };
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
  readonly atMs: number;
  readonly sha256: string;
  readonly works: readonly (Work & { readonly container: string })[];
}
interface Times {
  readonly fromMs: number;
  readonly readyMs: number;
  readonly untilMs: number;
}
interface Run extends Times {
  readonly id: string;
  readonly replica: number;
  readonly pool: "vision" | "text";
}

let runs = 0;

function runOf(story: MoneyStory, pool: Run["pool"], times: Omit<Run, "id" | "pool">): Run {
  runs += 1;
  return {
    ...times,
    pool,
    id: `${pool}-${times.replica}.told-${story.seed ?? 1}-${runs}-${times.fromMs}`,
  };
}

const at = (ms: number): string => new Date(ms).toISOString();

async function writeRuns(sql: Db, story: MoneyStory, told: readonly Run[]): Promise<void> {
  const prices = story.prices ?? { vision: 500_000, text: 800_000 };
  const rows = told.map(({ id, pool, replica, fromMs, readyMs, untilMs }) => ({
    ...{ id, pool, replica, from: at(fromMs), ready: at(readyMs), until: at(untilMs) },
    ...{ billed: at(fromMs + 2_000), booted: at(fromMs + 15_000), price: prices[pool] },
    phases: [
      { phase: "requested", at: at(fromMs) },
      { phase: "provisioning", at: at(fromMs + 2_000) },
      { phase: "booting", at: at(fromMs + 15_000) },
      { phase: "loading", at: at(fromMs + 22_000) },
      { phase: "ready", at: at(readyMs) },
      { phase: "stopped", at: at(untilMs) },
    ],
  }));
  const given = sql`jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as r (id text, pool text, replica int, "from" timestamptz, ready timestamptz,
    until timestamptz, billed timestamptz, booted timestamptz, price bigint, phases jsonb)`;
  await sql`
    insert into replicas (pool, replica, provider, phase, phases, requested_at, ready_at, ended_at, billed_from, billed_until, micro_usd_per_hour, quantum_ms, gpu, gpus, region, container_id)
    select pool, replica, 'told', 'stopped', phases, "from", ready, until, billed, until, price, 60000, 'L40S', 1, 'FIN-03', id from ${given} order by "from"`;
  await sql`
    insert into processing_servers (id, server_type, replica, status, features, slots, boot_id, token_hash, engine, expires_at, created_at, ended_at, worked_from)
    select id, pool, replica, 'stopped', '{}', 4, id, '\\x00', ${sql.json(engine)}, until, booted, until, ready from ${given}`;
}

/** A document is found again by its hash. */
async function writeDecks(
  sql: Db,
  { story, pack }: { readonly story: MoneyStory; readonly pack: PackRow },
  told: readonly Deck[],
): Promise<void> {
  const workspace = story.workspace ?? "default";
  const decks = told.map(({ sha256, pages, atMs, firstMs, endMs }) => ({
    ...{ sha256, pages, at: at(atMs), first: at(firstMs), until: at(endMs) },
  }));
  const works = told.flatMap((deck) =>
    deck.works.map(({ idx, fromMs, untilMs, failed, container }) => ({
      ...{ sha256: deck.sha256, idx, container, failed, from: at(fromMs), until: at(untilMs) },
    })),
  );
  await sql`create temporary table told_decks on commit drop as
    select * from jsonb_to_recordset(${JSON.stringify(decks)}::text::jsonb) as t (sha256 text, pages int, at timestamptz, first timestamptz, until timestamptz)`;
  await sql`create temporary table told_works on commit drop as
    select * from jsonb_to_recordset(${JSON.stringify(works)}::text::jsonb) as t (sha256 text, idx int, container text, failed boolean, "from" timestamptz, until timestamptz)`;
  await sql`insert into documents (workspace, sha256, name, bytes, pages, created_at)
    select ${workspace}, sha256, 'deck-' || left(sha256, 6) || '.pdf', 1000, pages, at from told_decks order by at`;
  await sql`
    insert into pipelines (workspace, document_id, document, pack_id, state, full_mask, done_mask, rank, created_at, started_at, finished_at)
    select d.workspace, d.id, d.public_id, ${pack.id}, 'done', ${pack.fullMask}, ${pack.fullMask}, 0, t.at, t.at, t.until
    from told_decks t join documents d on d.workspace = ${workspace} and d.sha256 = t.sha256 order by d.id`;
  await sql`create temporary table told_pipelines on commit drop as
    select t.sha256, p.id from told_decks t join documents d on d.workspace = ${workspace} and d.sha256 = t.sha256 join pipelines p on p.document_id = d.id`;
  await sql`insert into visual_results (workspace, sha256, recipe, slide, result, pipeline_id, created_at)
    select ${workspace}, t.sha256, 'told/visual_analysis', 1, '{}', p.id, t.first from told_decks t join told_pipelines p using (sha256)`;
  await sql`insert into attempts (pipeline_id, idx, generation, attempt, container_id, epoch, lease_id, started_at, ended_at, outcome)
    select p.id, w.idx, 1, 1, w.container, 1, 1, w.from, w.until, 'delayed' from told_works w join told_pipelines p using (sha256) where w.failed`;
  await sql`insert into results (pipeline_id, idx, generation, result, engine, attempt, created_at, container, epoch, lease_id, started_at)
    select p.id, w.idx, 1, '{}', ${sql.json(engine)}, 1, w.until, w.container, 1, 1, w.from from told_works w join told_pipelines p using (sha256)
    where not w.failed order by w.until`;
}
