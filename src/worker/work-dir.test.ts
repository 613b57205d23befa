import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { makeWorkDir } from "./work-dir.ts";

let parent: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "work-dir-"));
});
afterEach(() => rm(parent, { recursive: true }));

it("removes what a predecessor with the same process id left, and nothing of who else is alive", async () => {
  const { pid, ppid } = process;
  const [own, alive, other] = [
    `pilotlight-vision-1-${pid}-left`,
    `pilotlight-vision-1-${ppid}-left`,
    `pilotlight-vision-2-${pid}-left`,
  ];
  for (const name of [own, alive, other]) await mkdir(join(parent, name));
  const made = await makeWorkDir({ pool: "vision", replica: 1, workDir: parent }, pid);
  expect((await readdir(parent)).sort()).toEqual([alive, other, basename(made.path)].sort());
  await made.remove();
  expect((await readdir(parent)).sort()).toEqual([alive, other].sort());
});
