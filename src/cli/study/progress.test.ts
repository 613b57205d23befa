import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { manualClock } from "../../lib/clock.ts";
import type { Context } from "../context.ts";
import { createStudyProgress } from "./progress.ts";

it("writes each step into the file of events, whatever is shown", async () => {
  const cwd = await mkdtemp(join(tmpdir(), "pilotlight-study-"));
  const output = { quiet: true, stderrIsTty: false };
  const flags = { progress: "auto", eventsFile: "events.jsonl" };
  const context = { output, flags, env: {}, clock: manualClock(0), cwd } as unknown as Context;
  try {
    const progress = createStudyProgress(context, "Simulating");
    progress.done(1, 2);
    progress.done(2, 2);
    progress.end();
    const at = "1970-01-01T00:00:00.000Z";
    const lines = (await readFile(join(cwd, "events.jsonl"), "utf8")).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      [1, 2].map((done) => ({ v: 1, type: "progress", at, done, of: 2 })),
    );
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
});
