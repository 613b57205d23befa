import { expect, it } from "vitest";
import type { EventList } from "../api/types.ts";
import { type Kept, keptFrom, keptWith } from "./activity-kept.ts";

/** As the server answers: the newest `most` of the events 1 to `last`. */
function answer(last: number, most: number): EventList {
  const first = Math.max(1, last - most + 1);
  const event = (id: number) => ({ id, type: "task.done" }) as EventList["events"][number];
  const events = Array.from({ length: last - first + 1 }, (_, at) => event(last - at));
  return { events, nextBefore: first > 1 ? first : null };
}
const idsOf = ({ events }: Pick<Kept, "events">) =>
  events.map(({ id }) => id).toSorted((a, b) => a - b);
const upTo = (last: number) => Array.from({ length: last }, (_, at) => at + 1);

it("keeps what a later answer has no room for", () => {
  const kept = keptWith(keptFrom(answer(4, 5)), answer(8, 5));
  expect(idsOf(kept)).toEqual(upTo(8));
  expect(kept.before).toBeNull();
});

it("asks for what is older where the first answer ended", () => {
  const kept = keptWith(keptFrom(answer(9, 5)), answer(12, 5));
  expect([idsOf(kept), kept.before]).toEqual([[5, 6, 7, 8, 9, 10, 11, 12], 5]);
});

it("begins anew where events between the two would be missing", () => {
  const kept = keptWith(keptFrom(answer(9, 5)), answer(30, 5));
  expect([idsOf(kept), kept.before]).toEqual([[26, 27, 28, 29, 30], 26]);
});

it("is the same while nothing has happened", () => {
  const kept = keptFrom(answer(9, 5));
  expect(keptWith(kept, answer(9, 5))).toBe(kept);
});
