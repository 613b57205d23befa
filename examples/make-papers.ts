import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { kettleTrial } from "./kettle-trial.ts";
import { makePaper } from "./papers.ts";
import { uferKohorte } from "./ufer-kohorte.ts";

/** The sample papers by file name: the same bytes on every machine. */
export const papers: Readonly<Record<string, () => Promise<Buffer>>> = {
  "kettle-trial.pdf": () => makePaper(kettleTrial),
  "ufer-kohorte.pdf": () => makePaper(uferKohorte),
};

/** Writes all papers beside this file. */
async function main(): Promise<void> {
  for (const [name, make] of Object.entries(papers)) {
    const bytes = await make();
    await writeFile(new URL(name, import.meta.url), bytes);
    console.log(`${name}: ${Math.ceil(bytes.length / 1000)} kB`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
