import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { connect, type Sql } from "../../src/db/connect.ts";
import { migrate } from "../../src/db/migrate.ts";
import { smallDeck } from "../support/decks.ts";
import { type Home, makeHome } from "../support/home.ts";
import { type RunningStack, startStack } from "../support/product.ts";
import { startTemporaryPostgres } from "../support/temporary-postgres.ts";
import { askedOnly, cameUp, findFaults, openRuns, readStarts } from "./scaler/ledger.ts";
import { createTrap, type Place, places, type Trap } from "./scaler/trap.ts";

/** `SCALER_KILLS=20 npx vitest run --project e2e test/chaos/scaler.e2e.test.ts` for more; `SCALER_POLICY` for another one. */
const kills = Number(process.env.SCALER_KILLS ?? 8);
const policy = process.env.SCALER_POLICY ?? "reference";
/** Well below the ten seconds after which a start that nobody sees is decided again. */
const startMsMax = 5_000;

let server: Awaited<ReturnType<typeof startTemporaryPostgres>>;
let home: Home;
let sql: Sql;
let trap: Trap;
beforeAll(async () => {
  server = await startTemporaryPostgres();
  home = await makeHome();
  sql = connect(server.url, { max: 3, name: "test" });
  await migrate(sql);
  trap = await createTrap(server.url);
});
afterAll(async () => {
  await trap.close();
  await sql.end({ timeout: 1 });
  await home.remove();
  await server.stop();
});

const start = (): Promise<RunningStack> =>
  startStack(home, { overrides: { databaseUrl: server.url, autoscaler: { policy } } });

interface Kill {
  readonly place: Place;
  readonly pool: "vision" | "text";
  /** Starts of this pool that were decided so far, before and after it. */
  readonly before: number;
  readonly after: number;
  /** Milliseconds from when it led and there was work, to the first run. */
  readonly startedAfterMs: number;
}

/** Decisions to start a replica of a pool. */
const startsOf = async (pool: string): Promise<number> =>
  (await readStarts(sql)).filter(({ replica }) => replica.startsWith(pool)).length;

/** One life of a control plane, from its start to its end between a decision and what comes of it. */
async function liveAndDie(round: number): Promise<Kill> {
  const place = places[round % places.length] ?? "decided";
  // Vision starts at once, text in the middle of the work.
  const pool = Math.floor(round / places.length) % 2 === 0 ? "vision" : "text";
  const before = await startsOf(pool);
  await trap.set(place, pool);
  const stack = await start();
  await stack.api.upload(await smallDeck(`Deck${round}`, 3), `${round}.pdf`);
  await trap.caught();
  const startedAfterMs = pool === "vision" ? await sinceWorkMs() : 0;
  // What is kept is killed at once, or a moment later: before or after the provider was told.
  if (place === "committed") await pause((round % 3) * 15);
  await stack.kill();
  await trap.release();
  return { place, pool, before, after: await startsOf(pool), startedAfterMs };
}

/** How long an upload takes is not the scaler's. */
async function sinceWorkMs(): Promise<number> {
  const [row] = await sql<{ ms: number }[]>`
    select extract(epoch from now() - greatest(since, (select max(created_at) from documents)))::float8 * 1000 as ms
    from leader`;
  return row?.ms ?? Number.POSITIVE_INFINITY;
}

/**
 * A life that finds runs which were asked for and never came: the same ones come, and none in their place. It
 * lives until all documents have ended, since one whose container is lost again and again is given up.
 */
async function liveOn(asked: readonly number[]): Promise<void> {
  const stack = await start();
  await stack.api.until("containers in all runs that were asked for", async () => {
    return (await cameUp(sql, asked)) === asked.length || undefined;
  });
  await endOfAll(stack);
  await stack.kill();
}

const endOfAll = ({ api }: RunningStack) =>
  api.until("the end of all documents", async () => {
    const { documents } = await api.documents();
    return documents.every(({ pipeline }) => pipeline.finishedAt !== null) ? documents : undefined;
  });

it(`neither doubles nor loses a start, killed ${kills} times between decision and action`, async () => {
  const done: Kill[] = [];
  let carriedOn = 0;
  for (let round = 0; round < kills; round += 1) {
    const kill = await liveAndDie(round);
    done.push(kill);
    const said = JSON.stringify(kill);
    expect(await findFaults(sql), said).toEqual([]);
    // Whether a commit that nobody hears the end of was done, only the database knows.
    if (kill.place === "committed") expect(kill.after, said).toBeGreaterThan(kill.before);
    else if (kill.place !== "committing") expect(kill.after, said).toBe(kill.before);
    expect(kill.startedAfterMs, said).toBeLessThan(startMsMax);
    const asked = await askedOnly(sql);
    if (asked.length > 0) await liveOn(asked);
    carriedOn += asked.length;
  }
  const stack = await start();
  try {
    const ended = await endOfAll(stack);
    expect(ended.map(({ pipeline }) => pipeline.state)).toEqual(ended.map(() => "done"));
    expect(ended).toHaveLength(kills);
    await stack.api.until("both pools at none", async () =>
      (await openRuns(sql)).length === 0 ? true : undefined,
    );
    expect(await findFaults(sql)).toEqual([]);
  } finally {
    await stack.stop();
  }
  process.stderr.write(`${kills} kills, ${carriedOn} starts carried on by the next one\n`);
}, 600_000);
