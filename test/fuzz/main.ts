/**
 * `npm run fuzz -- --files 2000 --seed 1`: reads that many broken PDFs, made from the examples and the odd
 * files beside this repository. Prints how they ended; ends with 1 on a crash, a hang, a process or a file
 * that stays.
 */
import { parseArgs } from "node:util";
import { builtPdf } from "../../bench/pdf/built-pdf.ts";
import { watchPeakMemory } from "../../bench/pdf/peak-memory.ts";
import { fuzz } from "./run.ts";

const { values } = parseArgs({
  options: {
    files: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    parallel: { type: "string", default: "2" },
  },
});
const [files, seed, parallel] = [values.files, values.seed, values.parallel].map(Number);
if (![files, seed, parallel].every((value) => Number.isInteger(value) && (value ?? 0) > 0)) {
  process.stderr.write("--files, --seed and --parallel take whole numbers above 0.\n");
  process.exit(2);
}
const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
const bytesMax = 1e9;
const { openPdf } = await builtPdf();
const memory = watchPeakMemory(process.pid);
const startedMs = performance.now();
const { counts, faults, slowestMs } = await fuzz({
  files: files ?? 0,
  seed: seed ?? 1,
  parallel: parallel ?? 1,
  open: openPdf,
  onFile: (done) => {
    if (done % 250 === 0) print(`${done} of ${files}`);
  },
});
const peak = memory.take();
memory.stop();
const all = [...faults, ...(peak > bytesMax ? ["a reader took over 1 GB"] : [])];
for (const [came, count] of Object.entries(counts).sort((one, other) => other[1] - one[1])) {
  print(`${String(count).padStart(6)}  ${came}`);
}
print(`slowest ${(slowestMs / 1000).toFixed(1)} s; largest reader ${Math.round(peak / 1e6)} MB`);
print(`seed ${seed}, ${files} files, ${Math.round((performance.now() - startedMs) / 1000)} s`);
for (const fault of all) print(`FAULT ${fault}`);
print(all.length === 0 ? "No crash, no hang, nothing left." : `${all.length} faults.`);
process.exitCode = all.length === 0 ? 0 : 1;
