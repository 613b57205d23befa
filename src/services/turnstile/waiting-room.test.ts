import { describe, expect, it } from "vitest";
import { manualClock } from "../../lib/clock.ts";
import type { Entry, Passed } from "./entry.ts";
import { WaitingRoom } from "./waiting-room.ts";

const classId = 1;

function entryOf(id: string, waitMs: number | null = 60_000) {
  const controller = new AbortController();
  const answers: Passed[] = [];
  const entry: Entry = {
    visitor: { id, classIds: [classId] },
    moves: [],
    capacity: 1,
    patience: waitMs === null ? null : { untilMs: waitMs, signal: controller.signal },
    accepted: [],
    leases: [],
    isSettled: true,
    tried: new Map(),
    resolve: (passed) => answers.push(passed),
    reject: () => {},
  };
  return { entry, answers, leave: () => controller.abort() };
}

const topic = { classId, rank: 5 };
const empty = [{ classId, isDrained: true }];
const more = [{ classId, isDrained: false }];

/** A room that knows there is no work. */
function quietRoom() {
  const clock = manualClock(0);
  const room = new WaitingRoom(clock, () => {});
  room.tell([topic]);
  room.note(empty, room.versions(), []);
  return { clock, room };
}

describe("the waiting room", () => {
  it("sends nobody to the database while a class is known to be empty, for a second", () => {
    const { clock, room } = quietRoom();
    const { entry } = entryOf("a");
    expect(room.mayFind(entry)).toBe(false);
    clock.advance(1000);
    expect(room.mayFind(entry)).toBe(true);
  });

  it("does not lose a word that comes while a turn is under way", () => {
    const { room } = quietRoom();
    const { entry, leave } = entryOf("a");
    room.park(entry);
    room.tell([topic]);
    const before = room.versions();
    room.tell([topic]);
    room.note(empty, before, []);
    expect(room.call()).toEqual([entry]);
    leave();
  });

  it("calls a few for one word, and more while there is more", () => {
    const { room } = quietRoom();
    const all = Array.from({ length: 40 }, (_, n) => entryOf(`c${n}`));
    for (const { entry } of all) room.park(entry);
    room.tell([topic]);
    const first = room.call();
    expect(first).toEqual(all.slice(0, 4).map(({ entry }) => entry));
    // What these find decides about the next.
    expect(room.call()).toEqual([]);
    room.note(more, room.versions(), first);
    expect(room.call()).toHaveLength(8);
    // One turn saw nothing because another one held what there was.
    const before = room.versions();
    room.note(more, before, []);
    room.note(empty, before, []);
    expect(room.call()).toHaveLength(4);
    room.note(empty, room.versions(), []);
    expect(room.call()).toEqual([]);
    for (const { leave } of all) leave();
  });

  it("calls others when those it called could not look", () => {
    const { room } = quietRoom();
    const [first, second] = [entryOf("draining"), entryOf("b")];
    room.park(first.entry);
    room.tell([topic]);
    const versions = room.versions();
    const called = room.call();
    expect(called).toEqual([first.entry]);
    room.park(second.entry);
    expect(room.call()).toEqual([]);
    room.note([], versions, called);
    expect(room.call()).toEqual([second.entry]);
    second.leave();
  });

  it("calls nobody twice for the same word, unless it has settled something since", () => {
    const { room } = quietRoom();
    const { entry, leave } = entryOf("full");
    room.tell([topic]);
    entry.tried = room.versions();
    room.park(entry);
    expect(room.call()).toEqual([]);
    room.invite("full");
    expect(room.call()).toEqual([entry]);
    leave();
  });

  it("sends along a few of other classes, each container once", () => {
    const { room } = quietRoom();
    const visitors = ["text-1", "text-1", "text-2", "text-3"].map((id) => entryOf(id));
    for (const { entry } of visitors) {
      Object.assign(entry, { visitor: { ...entry.visitor, classIds: [2] } });
      room.park(entry);
    }
    const vision = entryOf("vision-1");
    const seen = new Set<string>();
    const once = (id: string) => !seen.has(id) && seen.add(id).has(id);
    const company = room.accompany([vision.entry], once);
    expect(company.map(({ visitor }) => visitor.id)).toEqual(["text-1", "text-2"]);
    expect(room.accompany(company, once)).toEqual([]);
    for (const { leave } of visitors) leave();
  });

  it("lets go of whoever hangs up, and of whoever does not wait", () => {
    const { room } = quietRoom();
    const waiting = entryOf("a");
    room.park(waiting.entry);
    waiting.leave();
    const hasty = entryOf("b", null);
    room.park(hasty.entry);
    expect([waiting.answers, hasty.answers].map((list) => list.length)).toEqual([1, 1]);
    room.tell();
    expect(room.call()).toEqual([]);
  });
});
