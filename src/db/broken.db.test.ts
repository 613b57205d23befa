import { afterEach, describe, expect, it } from "vitest";
import { storePacks } from "../../test/model/begin.ts";
import { inventStory, live } from "../../test/model/life.ts";
import { races } from "../../test/races/races.ts";
import { Stage } from "../../test/races/stage.ts";
import { openTrack } from "../../test/races/track.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { session } from "../../test/support/queue.ts";
import { type Replacement, replaceInFunction } from "../../test/support/sql-functions.ts";

/** What is taken out of the product's own SQL, to see that the tests would notice. */
interface Fault {
  readonly replace: readonly Replacement[];
  /** What is said of it when it is found. */
  readonly found: RegExp;
}

const edit = (name: string, from: string, to: string): Replacement => ({ in: name, from, to });

/** One person at a time is enough to meet these: within so many steps of so many lives. */
const stepsMax = 1000;
const seeds = [1, 2, 3];
const lonely: Readonly<Record<string, Fault>> = {
  "a settle that asks for nobody's container": {
    replace: [
      edit("settle_done", "l.container_id = coalesce(m.container, l.container_id)", "true"),
    ],
    found: /answers/,
  },
  "a settle that asks for no epoch": {
    replace: [edit("settle_done", "l.epoch = m.epoch and l.id = m.id", "l.id = m.id")],
    found: /answers/,
  },
  "a settle that goes by the task: whoever had it once may end it": {
    replace: [
      edit(
        "settle_done",
        "where l.id = any (p_ids) and l.epoch = m.epoch and l.id = m.id",
        `where exists (select 1 from attempts a where a.lease_id = m.id and a.pipeline_id = l.pipeline_id and a.idx = l.idx)
          or l.id = any (p_ids) and l.epoch = m.epoch and l.id = m.id`,
      ),
    ],
    found: /answers/,
  },
  "a setback of another's lease": {
    replace: [
      edit("move_leased", "and container_id = coalesce(p_move ->> 'container', container_id)", ""),
    ],
    found: /answers to moves/,
  },
  "progress of another's lease": {
    replace: [edit("report_progress", "and container_id = p_container", "")],
    found: /answer to progress/,
  },
  "a task that is freed again with every step of its pipeline": {
    replace: [edit("advance_pipelines", "(p.queued_mask | m.done |", "(m.done |")],
    found: /duplicate key|differ/,
  },
  "a task that is freed when one of those it stands on is done": {
    replace: [
      edit(
        "advance_pipelines",
        "k.needs[i] & ~m.done = 0",
        "(k.needs[i] = 0 or k.needs[i] & m.done <> 0)",
      ),
    ],
    found: /differ|not ready/,
  },
  "a pipeline that is not ended by its last task": {
    replace: [
      edit("advance_pipelines", "state = coalesce(c.ending, 'active')", "state = 'active'"),
    ],
    found: /finished_or_not|differ/,
  },
  "a drain that is forgotten": {
    replace: [edit("take_turn", "and not s.drain", "")],
    found: /drains, and got a new pipeline/,
  },
  "a drain that lets go of a pipeline with its last task": {
    replace: [edit("hand_out", "or p_who[at] = any (p_leavers)", "")],
    found: /still waits/,
  },
  "a claim that does not count what is held": {
    replace: [edit("take_turn", "s.slots - l.n", "s.slots")],
    found: /has no room/,
  },
  "a cancel that forgets what is delayed": {
    replace: [edit("take_out", "delete from delayed where pipeline_id = p.id;", "")],
    found: /delayed differ/,
  },
  "a claim that takes the last first": {
    replace: [
      edit("hand_out", "order by r.class_id, r.rank,", "order by r.class_id, r.rank desc,"),
    ],
    found: /before task/,
  },
  "a turn that tells nothing of what it hands out": {
    replace: [edit("hand_out", "'task.leased'", "'task.moved'")],
    found: /events differ/,
  },
  "progress that falls": {
    replace: [
      edit("report_progress", "greatest(t.fraction, excluded.fraction)", "excluded.fraction"),
    ],
    found: /marks differ/,
  },
};

const lock = " cross join lateral (select 1 from pipelines p where p.id = t for no key update) p";
const unlocked = [edit("take_turn", lock, ""), edit("apply_moves", lock, "")];

/** These go well until two come together. */
const crowded: Readonly<Record<string, Fault & { readonly race: string }>> = {
  "a lost wake: what may start is found out before the pipeline is locked": {
    replace: [
      ...unlocked,
      edit("advance_pipelines", "set done_mask = c.done,", "set done_mask = p.done_mask | c.done,"),
    ],
    race: "two turns that settle siblings and ask for more give what stands on both to one",
    found: /join of pipeline \d+ could start and is not in the queue/,
  },
  "a lost update: of two siblings one is written over": {
    replace: unlocked,
    race: "two siblings that are settled free what stands on both, once",
    found: /has a result and is not done/,
  },
  "a container that is not locked while it is served": {
    replace: [edit("take_turn", "where s.id = w for no key update", "where s.id = w")],
    race: "two claims of one container stay within its slots",
    found: /holds 3 leases of 2/,
  },
  "a cancel that takes leases first": {
    replace: [
      edit(
        "take_out",
        "delete from delayed where pipeline_id = p.id;",
        `delete from leases where pipeline_id = p.id; perform pause_point('unleased');
         delete from delayed where pipeline_id = p.id;`,
      ),
      edit(
        "take_out",
        "(delete from leases where pipeline_id = p.id returning *)",
        "(delete from leases where false returning *)",
      ),
    ],
    race: "a claim and a cancel leave no lease behind",
    found: /is leased though its pipeline is cancelled/,
  },
};

describe("SQL that is broken on purpose", () => {
  let db: TestDatabase;
  const close: (() => Promise<void>)[] = [];
  const opened = async (fault: Fault): Promise<void> => {
    db = await createTestDatabase();
    close.push(() => db.drop());
    for (const replacement of fault.replace) await replaceInFunction(db.sql, replacement);
  };
  afterEach(async () => {
    for (const one of close.splice(0).reverse()) await one();
  });

  it.each(Object.entries(lonely))("is found by the model: %s", async (_title, fault) => {
    await opened(fault);
    const sql = session(db.url);
    close.push(() => sql.end({ timeout: 1 }));
    const packs = await storePacks(sql);
    let difference: string | null = null;
    for (const seed of seeds) {
      ({ difference } = await live(sql, packs, inventStory(seed, stepsMax)));
      if (difference !== null) break;
    }
    expect(String(difference)).toMatch(fault.found);
  });

  it.each(Object.entries(crowded))("is found by two at once: %s", async (_title, fault) => {
    await opened(fault);
    const track = await openTrack(db);
    const stage = await Stage.open(db.sql, db.url);
    close.push(() => stage.close());
    await expect(races[fault.race]?.(stage, track)).rejects.toThrow(fault.found);
  });
});
