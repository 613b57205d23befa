/**
 * `npm run bench -- render`: pages a second and peak memory of drawing whole decks as JPEG, 1280 pixels at
 * their longest edge, beside Debian's `pdftoppm -jpeg` on the same pages. Ours also reads texts, fonts,
 * tables and charts on the way.
 *
 * Measured on 2026-11-26 on 2 shared cores with Node 20.20, 264 pages of 15 decks, medians of 5 runs: cold 15.0
 * pages a second (0.63 times pdftoppm), warm 25.2 (1.06 times), pdftoppm 23.7; 205, 278 and 20 MB.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compare } from "./pdf/compare.ts";
import { runProgram } from "./pdf/run-program.ts";

const longEdgePixels = 1280;
const folder = await mkdtemp(join(tmpdir(), "pilotlight-bench-"));
try {
  await compare({
    title: `Drawing, ${longEdgePixels} pixels, JPEG quality 85`,
    program: "pdftoppm",
    ours: (document, page) => document.render(page, longEdgePixels),
    theirs: (file) =>
      runProgram("pdftoppm", [
        ...["-jpeg", "-jpegopt", "quality=85", "-scale-to", String(longEdgePixels)],
        ...[file, join(folder, "page")],
      ]),
  });
} finally {
  await rm(folder, { recursive: true, force: true });
}
