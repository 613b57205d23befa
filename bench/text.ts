/**
 * `npm run bench -- text`: pages a second and peak memory of reading the text layer with positions, beside
 * Debian's `pdftotext -bbox` on the same decks. Ours also puts lines in reading order and finds fonts,
 * pictures, tables and charts.
 */
import { compare } from "./pdf/compare.ts";
import { runProgram } from "./pdf/run-program.ts";

await compare({
  title: "Text layer with positions",
  program: "pdftotext",
  ours: (document, page) => document.read(page),
  theirs: (file) => runProgram("pdftotext", ["-bbox", file, "/dev/null"]),
});
