import { expect, it } from "vitest";
import { failuresSearch } from "./search.ts";
import type { FailureGroupView, FailuresAnswer, GroupRetryAnswer } from "./types.ts";
import { helpedWords, lastWords, paceWords, previewWords, summaryWords } from "./words.ts";

const group = (over: Partial<FailureGroupView>): FailureGroupView =>
  ({ state: "open", openDocuments: 7, retried: 5, helped: 4, ...over }) as FailureGroupView;
const answer = (groups: FailureGroupView[], over: Partial<FailuresAnswer> = {}): FailuresAnswer =>
  ({
    ...{ groups, window: "7d", last: null },
    tabs: { open: groups.length, acknowledged: 0, recovered: 0, all: groups.length },
    ...over,
  }) as FailuresAnswer;
const preview = (over: Partial<GroupRetryAnswer>): GroupRetryAnswer =>
  ({
    ...{ documents: Array.from({ length: 12 }, (_, at) => `d_${at}`), slides: 37, tasks: 40 },
    ...{ workSeconds: 240, microUsd: 310_000, perStep: 5, stepSeconds: 15, left: 0 },
    ...over,
  }) as GroupRetryAnswer;

it.each([
  [answer([]), "Nothing needs you in the last 7 days."],
  [answer([group({})]), "One cause needs you in the last 7 days: 7 documents."],
  [
    answer([group({}), group({}), group({ state: "healing" })]),
    "2 causes need you in the last 7 days: 14 documents. One more is being tried again by itself.",
  ],
])("says what needs somebody", (seen, sentence) => {
  expect(summaryWords(seen)).toBe(sentence);
});

it("says what became of the last one", () => {
  const now = Date.parse("2026-11-26T12:00:00Z");
  const last = (state: "recovered" | "ended", byItself: boolean | null) =>
    lastWords(answer([], { last: { at: "2026-11-26T09:00:00Z", state, byItself } }), now);
  expect(last("recovered", true)).toBe("Last one 3 h ago, recovered by itself.");
  expect(last("recovered", false)).toBe("Last one 3 h ago, recovered after a retry.");
  expect(last("ended", null)).toBe("Last one 3 h ago.");
  expect(lastWords(answer([]), now)).toBe("Nothing has failed in the last 28 days.");
});

it("tells what a retry comes to, and nothing that nobody knows", () => {
  expect(previewWords(preview({}))).toBe(
    "Tries 37 slides again in 12 documents, about 4 min of work, about $0.31.",
  );
  const unknown = preview({ slides: 0, workSeconds: null, microUsd: null });
  expect(previewWords(unknown)).toBe("Tries 40 tasks again in 12 documents.");
  expect(paceWords(preview({}))).toContain("5 documents every 15 s");
  expect(paceWords(preview({}))).toContain("after 30 s");
  expect(paceWords(preview({ left: 8 }))).toContain("after 45 s");
  expect(paceWords(preview({ documents: ["d_1"] }))).toBe("All at once.");
  expect(helpedWords(group({}))).toBe("Trying again helped 4 of 5 times.");
});

it("takes from the address what it understands", () => {
  expect(failuresSearch({ tab: "all", window: "24h", group: "f_0123456789ab" })).toEqual({
    ...{ tab: "all", window: "24h", group: "f_0123456789ab" },
  });
  expect(failuresSearch({ tab: "open", window: "1y", group: "x" })).toEqual({});
});
