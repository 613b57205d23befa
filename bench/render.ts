/**
 * `npm run bench -- render`: pages a second and peak memory of drawing whole decks as JPEG, 1280 pixels at
 * their longest edge, beside Debian's `pdftoppm -jpeg` on the same pages. Ours also reads texts, fonts,
 * tables and charts on the way.
 *
 * Measured on 2026-11-26 on 2 shared cores under load, 264 pages, one round: cold 107 CPU ms a page (0.57 times
 * the speed of pdftoppm), warm 57 (1.08 times), pdftoppm 61; 196, 270 and 20 MB.
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
