import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { drawByPoppler, type PopplerRequest } from "./poppler.ts";

let folder: string;
let spinning: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pilotlight-poppler-"));
  spinning = join(folder, "pdftoppm");
  await writeFile(spinning, "#!/bin/sh\nwhile :; do :; done\n", { mode: 0o700 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));
let left: AbortController;
beforeEach(() => {
  left = new AbortController();
});
afterEach(() => {
  vi.useRealTimers();
  left.abort();
});

const request = (limitMs: number, signal = left.signal): PopplerRequest => ({
  ...{ file: join(folder, "deck.pdf"), page: 1, widthPixels: 10, heightPixels: 10 },
  ...{ limitMs, memoryBytesMax: 1e9, signal },
});

it("lets the kernel end a program that spins and that nobody ends any more", async () => {
  // As when the process that set the timer is gone.
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  expect(await drawByPoppler(request(1_000), spinning)).toBeNull();
}, 60_000);

it("ends a program that spins at its limit, and when the call is aborted", async () => {
  expect(await drawByPoppler(request(300), spinning)).toBeNull();
  const aborted = new AbortController();
  const drawing = drawByPoppler(request(3_600_000, aborted.signal), spinning);
  aborted.abort();
  expect(await drawing).toBeNull();
});

it("draws nothing where the program is not installed", async () => {
  expect(await drawByPoppler(request(10_000), join(folder, "nothing"))).toBeNull();
});
