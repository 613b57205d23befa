import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createLink, type Link } from "../../test/chaos/queue/link.ts";
import { createServer } from "../../test/chaos/queue/server.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { connect } from "../db/connect.ts";
import { connectLeader } from "../db/leader.ts";
import { migrate } from "../db/migrate.ts";
import { childEntry } from "../lib/entry.ts";
import type { Service } from "../lib/service.ts";
import { createLog } from "../telemetry/log.ts";
import {
  createLeadership,
  type LeaderDuties,
  type Leadership,
  leaderStatus,
  leading,
} from "./leader.ts";

/** What is asked for: another one leads after at most this. */
const failoverMs = 5_000;
const log = createLog({ name: "test", level: "silent", destination: 2 });

let db: TestDatabase;
let link: Link;
let ends: (() => Promise<void>)[];
/** Who gained and lost, in order. */
let story: string[];
let listeners: Set<() => void>;
beforeAll(async () => {
  db = await createTestDatabase();
  link = await createLink(() => Number(new URL(db.url).port));
});
afterAll(async () => {
  await link.close();
  await db.drop();
});
beforeEach(async () => {
  [ends, story, listeners] = [[], [], new Set()];
  await db.sql`delete from leader`;
});
afterEach(async () => {
  for (const end of ends.toReversed()) await end();
});

function tell(line: string): void {
  story.push(line);
  for (const listener of listeners) listener();
}

/** Resolves once the story fits, or throws what it was when the time is over. */
function until(fits: () => boolean, ms = failoverMs): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      listeners.delete(look);
    };
    const look = (): void => {
      if (!fits()) return;
      end();
      resolve();
    };
    const timer = setTimeout(() => {
      end();
      reject(new Error(`Not within ${ms} ms: ${story.join(", ")}`));
    }, ms);
    listeners.add(look);
    look();
  });
}
const told = (line: string) => (): boolean => story.includes(line);

function throughLink(): string {
  const url = new URL(db.url);
  url.port = String(link.port);
  return url.href;
}

async function lead(
  holder: string,
  url = db.url,
  duties: Partial<LeaderDuties> = {},
): Promise<Leadership> {
  const leadership = createLeadership(
    { log },
    {
      connectDirect: () => connectLeader(url),
      holder,
      onGained: async (term) => {
        await duties.onGained?.(term);
        tell(`${holder} gained ${term}`);
      },
      onLost: async () => {
        await duties.onLost?.();
        tell(`${holder} lost`);
      },
    },
  );
  ends.push(() => leadership.stop());
  await leadership.start();
  return leadership;
}

interface Host {
  readonly child: ChildProcess;
  isLeader(): Promise<boolean>;
}

/** The same in a process of its own. */
function host(holder: string): Host {
  const { file, execArgv } = childEntry(import.meta.url, "../../test/support/leader-host");
  const child = spawn(
    process.execPath,
    [...execArgv, file, JSON.stringify({ url: db.url, holder })],
    {
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  const gone = once(child, "exit");
  const answers: ((isLeader: boolean) => void)[] = [];
  createInterface({ input: child.stdout }).on("line", (text) => {
    const line = JSON.parse(text) as { gained?: number; lost?: boolean; isLeader?: boolean };
    if (line.gained !== undefined) tell(`${holder} gained ${line.gained}`);
    if (line.lost) tell(`${holder} lost`);
    if (line.isLeader !== undefined) answers.shift()?.(line.isLeader);
  });
  ends.push(async () => {
    child.kill("SIGKILL");
    await gone;
  });
  const isLeader = (): Promise<boolean> =>
    new Promise((resolve) => {
      answers.push(resolve);
      child.stdin.write("\n");
    });
  return { child, isLeader };
}

describe("leading", () => {
  it("is done by one of three, and every one can tell who", async () => {
    expect(await leaderStatus(db.sql)).toBeNull();
    const all = await Promise.all(["a", "b", "c"].map((holder) => lead(holder)));
    await until(() => story.length > 0);
    const [leader] = all.filter((one) => one.isLeader());
    expect(all.map((one) => one.isLeader()).filter(Boolean)).toHaveLength(1);
    expect(leader?.term()).toBe(1);
    const seen = await leaderStatus(db.sql);
    expect(seen).toMatchObject({ holder: leader?.status().holder, term: 1 });
    expect(Math.abs(Date.now() - (seen?.since.getTime() ?? 0))).toBeLessThan(failoverMs);
    const follower = all.find((one) => !one.isLeader());
    expect(follower?.status()).toMatchObject({ isLeader: false, term: null, trouble: null });
  });

  it("is handed over by who stops, after its services did", async () => {
    const a = await lead("a");
    await until(told("a gained 1"));
    await lead("b");
    await a.stop();
    expect(a.isLeader()).toBe(false);
    expect(story).toEqual(["a gained 1", "a lost"]);
    // Sooner than any row could have grown old.
    await until(told("b gained 2"), 1_500);
  });

  it("lasts while the services of a leader that stops take their time", async () => {
    let finish: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const a = await lead("a", db.url, { onLost: () => slow });
    await until(told("a gained 1"));
    await lead("b");
    const stopped = a.stop();
    // Longer than a row stays fresh by itself.
    const [row] = await db.sql`select pg_sleep(2.8), true as slept`;
    expect(row?.slept).toBe(true);
    expect(a.isLeader()).toBe(true);
    expect(story).toEqual(["a gained 1"]);
    finish();
    await stopped;
    await until(told("b gained 2"));
  });

  it("ends by the clock in a thread that stood still, before anything else is heard", async () => {
    const a = await lead("a");
    await until(told("a gained 1"));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_100);
    expect(a.isLeader()).toBe(false);
    expect(a.term()).toBeNull();
    await until(told("a gained 2"));
    expect(story).toEqual(["a gained 1", "a lost", "a gained 2"]);
  });
});

describe("failover", () => {
  it("comes after a leader that was killed", async () => {
    const a = host("a");
    await until(told("a gained 1"), 15_000);
    await lead("b");
    a.child.kill("SIGKILL");
    await until(told("b gained 2"));
  });

  it("comes after a leader that was stopped, which knows when it wakes", async () => {
    const a = host("a");
    await until(told("a gained 1"), 15_000);
    expect(await a.isLeader()).toBe(true);
    await lead("b");
    a.child.kill("SIGSTOP");
    await until(told("b gained 2"));
    const answer = a.isLeader();
    a.child.kill("SIGCONT");
    expect(await answer).toBe(false);
    await until(told("a lost"));
    expect((await leaderStatus(db.sql))?.holder).toBe("b");
  });

  it("comes after a link went half-open, and the leader behind it has stopped before", async () => {
    await lead("a", throughLink());
    await until(told("a gained 1"));
    await lead("b");
    link.blackhole();
    try {
      await until(told("b gained 2"));
      expect(story).toEqual(["a gained 1", "a lost", "b gained 2"]);
    } finally {
      link.resume();
    }
  });

  it("takes back what its own half-open session still holds, when nobody else is there", async () => {
    await lead("a", throughLink());
    await until(told("a gained 1"));
    link.blackhole();
    await until(told("a lost"));
    link.resume();
    await until(told("a gained 2"));
  });

  it("comes after the server ended the leader's session, and never before it is known", async () => {
    const a = await lead("a");
    await until(told("a gained 1"));
    const b = await lead("b");
    await db.sql`select pg_terminate_backend(pid) from leader`;
    await until(() => story.length >= 3);
    expect(story.slice(0, 2)).toEqual(["a gained 1", "a lost"]);
    expect([a.isLeader(), b.isLeader()].filter(Boolean)).toHaveLength(1);
  });

  it("leaves nobody leading while the database is away, and one after it is back", async () => {
    const server = await createServer();
    try {
      const sql = connect(server.url(), { max: 1 });
      await migrate(sql);
      await sql.end();
      const a = await lead("a", server.url());
      await until(told("a gained 1"));
      const b = await lead("b", server.url());
      const restarted = server.restart("SIGQUIT");
      await until(told("a lost"));
      expect([a.isLeader(), b.isLeader()]).toEqual([false, false]);
      await restarted;
      await until(() => story.length >= 3);
      expect(story[2]).toMatch(/^[ab] gained 2$/);
      await Promise.all([a.stop(), b.stop()]);
    } finally {
      await server.remove();
    }
  });
});

describe("the services of the leader", () => {
  const service = (name: string, start: () => Promise<void> = async () => undefined): Service => ({
    name,
    async start() {
      await start();
      tell(`${name} starts`);
    },
    stop: async () => tell(`${name} stops`),
  });

  it("start in order with a term and stop in reverse after it", async () => {
    const a = await lead("a", db.url, leading([service("one"), service("two")]));
    await until(told("a gained 1"));
    await a.stop();
    expect(story).toEqual([
      ...["one starts", "two starts", "a gained 1"],
      ...["two stops", "one stops", "a lost"],
    ]);
  });

  it("give the term up when one cannot start", async () => {
    const broken = service("broken", () => Promise.reject(new Error("no")));
    const a = await lead("a", db.url, leading([service("one"), broken]));
    await until(told("a lost"));
    expect(story).toEqual(["one starts", "one stops", "a lost"]);
    await lead("b");
    await until(told("b gained 2"), 1_500);
    expect(a.isLeader()).toBe(false);
    expect(a.status().trouble).toBe("What the leader runs could not start: no");
  });

  it("never start again before they have stopped, when the term is lost in the middle of a start", async () => {
    let go: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => {
      go = resolve;
    });
    const begun = service("slow", () => {
      tell("slow begins");
      return slow;
    });
    const a = await lead("a", db.url, leading([begun]));
    await until(told("slow begins"));
    await db.sql`select pg_terminate_backend(pid) from leader`;
    while (a.isLeader()) await db.sql`select pg_sleep(0.01)`;
    expect(story).toEqual(["slow begins"]);
    go();
    await until(told("a gained 2"));
    expect(story).toEqual([
      ...["slow begins", "slow starts", "a gained 1", "slow stops", "a lost"],
      ...["slow begins", "slow starts", "a gained 2"],
    ]);
  });
});
