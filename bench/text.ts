/**
 * `npm run bench -- text`: pages a second and peak memory of reading the text layer with positions, beside
 * Debian's `pdftotext -bbox` on the same decks. Ours also puts lines in reading order and finds fonts,
 * pictures, tables and charts.
 *
 * Measured on 2026-11-26 on 2 shared cores under load, 264 pages, one round: cold 32 CPU ms a page (0.08 times the
 * speed of pdftotext), warm 6.1 (0.44 times), pdftotext 2.7; 96, 130 and 10 MB.
 */
import { compare } from "./pdf/compare.ts";
import { runProgram } from "./pdf/run-program.ts";

await compare({
  title: "Text layer with positions",
  program: "pdftotext",
  ours: (document, page) => document.read(page),
  theirs: (file) => runProgram("pdftotext", ["-bbox", file, "/dev/null"]),
});
