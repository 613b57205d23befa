import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { documentView, doneView, taskView } from "../../../test/support/document-view.ts";
import { manualClock } from "../../lib/clock.ts";
import { createOutput, type Output } from "../output.ts";
import { frameOf } from "./frame.ts";
import { createJsonProgress } from "./json-lines.ts";
import { createPlainProgress } from "./plain.ts";
import { progressModeOf, type Tracked } from "./progress.ts";
import { createTerminalProgress } from "./terminal.ts";

let written = "";
let output: Output;
const clock = manualClock(Date.parse("2026-11-23T12:04:07Z"));

function make(env: Record<string, string> = { LANG: "C.UTF-8" }): Output {
  const stream = new PassThrough().on("data", (chunk) => {
    written += String(chunk);
  });
  const stderr = stream as unknown as NodeJS.WriteStream;
  const flags = { json: false, quiet: false, verbose: false, color: false };
  return createOutput({ stdout: process.stdout, stderr, env, ...flags });
}

beforeEach(() => {
  written = "";
  output = make();
});
afterEach(() => vi.useRealTimers());

const running = documentView({
  status: {
    type: "running",
    name: "Running",
    sentence: "Reading the slides, 14 of 22; Reviewing the slides, 9 of 22.",
  },
  progress: {
    percent: 62,
    eta: { p50Seconds: 110, p90Seconds: 170, n: 9 },
    tasks: [
      taskView("visual_analysis"),
      taskView("slide_feedback", { done: 9 }),
      taskView("specialized_science", { state: "done" }),
    ],
  },
});
const tracked = (key: number, own: Partial<Tracked> = {}): Tracked => ({
  ...{ key, name: "aurora.pdf", document: running, refusal: null },
  ...own,
});
const refused = tracked(2, {
  name: "broken\u001b[2J.pdf",
  document: null,
  refusal: { code: "NOT_A_PDF", detail: null },
});
const done = tracked(1, { name: "loopfreight.pdf", document: doneView() });
const size = { columns: 80, rows: 24 };

it("draws a bar, the counts and the sentence of each document", () => {
  expect(frameOf([tracked(0), done, refused], size, output.errorStyle)).toEqual([
    "aurora.pdf       ━━━━━━━━━━━━━─────────  62 %  1/3 tasks, ~2-3 min left (n=9)",
    "  Reading the slides, 14 of 22; Reviewing the slides, 9 of 22.",
    "loopfreight.pdf  ━━━━━━━━━━━━━━━━━━━━━━ 100 %  done in 6.2 s",
    "broken [2J.pdf   refused: The file is not a PDF.",
  ]);
});

it("draws in ASCII where the locale shows no more", () => {
  const { errorStyle } = make({ LANG: "C" });
  expect(frameOf([tracked(0)], size, errorStyle)[0]).toBe(
    "aurora.pdf  #############---------  62 %  1/3 tasks, ~2-3 min left (n=9)",
  );
});

it("never draws a line or a frame that the terminal would break", () => {
  const many = Array.from({ length: 40 }, (_, key) =>
    tracked(key, { name: `a deck with a very long name ${key}.pdf` }),
  );
  for (const columns of [20, 33, 80, 200]) {
    for (const rows of [3, 10, 24]) {
      const frame = frameOf(many, { columns, rows }, output.errorStyle);
      expect(frame.length).toBeLessThanOrEqual(Math.max(2, rows - 1));
      for (const line of frame) expect(line.length).toBeLessThan(columns);
    }
  }
  expect(frameOf(many, size, output.errorStyle).at(-1)).toBe("and 19 more; 0 of 40 ended");
});

it("redraws at most ten times a second and gives the cursor back", () => {
  vi.useFakeTimers();
  const ends = new EventEmitter();
  const progress = createTerminalProgress({ output, clock, keep: false, process: ends });
  for (let i = 0; i < 50; i += 1) progress.update(tracked(0));
  vi.advanceTimersByTime(99);
  expect(written.match(/62 %/g)?.length).toBe(1);
  expect(written).toContain("\u001b[?25l");
  output.say("a notice");
  expect(written).toContain("\r\u001b[1A\u001b[Ja notice\n");
  progress.end();
  progress.end();
  expect(written.endsWith("\u001b[J\u001b[?25h")).toBe(true);
  expect(ends.listenerCount("exit")).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

it("gives the cursor back when the process ends in the middle", () => {
  vi.useFakeTimers();
  const ends = new EventEmitter();
  const progress = createTerminalProgress({ output, clock, keep: false, process: ends });
  progress.update(tracked(0));
  vi.advanceTimersByTime(1);
  ends.emit("exit");
  expect(written.endsWith("\u001b[?25h")).toBe(true);
  progress.end();
});

it("leaves the last frame when nothing takes its place", () => {
  const ends = new EventEmitter();
  const progress = createTerminalProgress({ output, clock, keep: true, process: ends });
  progress.update(done);
  progress.end();
  expect(written).toContain("loopfreight.pdf  ━━━━━━━━━━━━━━━━━━━━━━ 100 %  done in 6.2 s\n");
});

it("writes one plain line per change of state, and one per ten seconds of work", () => {
  const moving = manualClock(Date.parse("2026-11-23T12:04:07Z"));
  const progress = createPlainProgress(output, moving, true);
  const at = (percent: number): Tracked =>
    tracked(0, {
      document: {
        ...running,
        pipeline: { ...running.pipeline, progress: { ...running.pipeline.progress, percent } },
      },
    });
  progress.update(tracked(0, { document: null }));
  progress.update(at(62));
  moving.advance(4_000);
  progress.update(at(66));
  moving.advance(6_000);
  progress.update(at(70));
  progress.update({ ...done, key: 0 });
  progress.update({ ...done, key: 0 });
  progress.update(refused);
  expect(written.split("\n")).toEqual([
    "12:04:07Z d_7K2 accepted aurora.pdf, 22 slides",
    "12:04:07Z d_7K2 62% visual_analysis 14/22 slide_feedback 9/22 eta=110s",
    "12:04:17Z d_7K2 70% visual_analysis 14/22 slide_feedback 9/22 eta=110s",
    "12:04:17Z d_7K2 100% Done: All results are ready. 6.2 s",
    "12:04:17Z - refused broken [2J.pdf: NOT_A_PDF The file is not a PDF.",
    "",
  ]);
});

it("says why nothing runs", () => {
  const status = { type: "pending", name: "Queued", sentence: "Waiting behind 2 tasks." } as const;
  createPlainProgress(output, clock, true).update(
    tracked(0, { document: documentView({ status, progress: { percent: 0 } }) }),
  );
  expect(written).toContain("d_7K2 0% Queued: Waiting behind 2 tasks.\n");
});

it("writes JSON lines for programs, each change once", () => {
  const progress = createJsonProgress(output, clock);
  for (const one of [tracked(0), tracked(0), done, refused]) progress.update(one);
  const lines = written
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatchObject({
    ...{ v: 1, type: "progress", at: "2026-11-23T12:04:07.000Z", document: "d_7K2" },
    ...{ name: "aurora.pdf", pipeline: "p_4MD", state: "active", percent: 62 },
  });
  expect(lines[0].tasks[0]).toEqual({
    task: "visual_analysis",
    state: "leased",
    done: 14,
    total: 22,
  });
  expect(lines[2]).toMatchObject({
    document: null,
    state: "rejected",
    error: { code: "NOT_A_PDF" },
  });
});

it.each([
  ["auto", false, true, {}, "tty"],
  ["auto", false, false, {}, "plain"],
  ["auto", false, true, { CI: "true" }, "plain"],
  ["auto", false, true, { TERM: "dumb" }, "plain"],
  ["auto", true, true, {}, "quiet"],
  ["tty", true, false, { CI: "1" }, "tty"],
  ["json", false, true, {}, "json"],
] as const)("progress %s (quiet %s, terminal %s, %j) is %s", (wanted, quiet, isTty, env, mode) => {
  expect(progressModeOf({ wanted, quiet, isTty, env })).toBe(mode);
});
