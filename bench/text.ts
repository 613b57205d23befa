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
  async ours(open, file) {
    const document = await open(file);
    for (let page = 1; page <= document.pages; page += 1) await document.read(page);
    await document.close();
    return document.pages;
  },
  theirs: (file) => runProgram("pdftotext", ["-bbox", file, "/dev/null"]),
});
