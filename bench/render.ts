/**
 * `npm run bench -- render`: pages a second and peak memory of drawing whole decks as JPEG, 1280 pixels at
 * their longest edge, beside Debian's `pdftoppm -jpeg` on the same pages. Ours also reads texts, fonts,
 * tables and charts on the way.
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
