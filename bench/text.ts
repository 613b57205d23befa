/**
 * `npm run bench -- text`: pages a second and peak memory of reading the text layer with positions, beside
 * Debian's `pdftotext -bbox` on the same decks. Ours also puts lines in reading order and finds fonts,
 * pictures, tables and charts.
 *
 * Measured on 2026-11-26 on 2 shared cores with Node 20.20, 264 pages of 15 decks, medians of 5 runs: cold 51 pages
 * a second (0.08 times pdftotext), warm 277 (0.46 times), pdftotext 607; 95, 132 and 10 MB.
 */
import { compare } from "./pdf/compare.ts";
import { runProgram } from "./pdf/run-program.ts";

await compare({
  title: "Text layer with positions",
  program: "pdftotext",
  ours: (document, page) => document.read(page),
  theirs: (file) => runProgram("pdftotext", ["-bbox", file, "/dev/null"]),
});
