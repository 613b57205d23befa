/**
 * `npm run hostile`: every odd file of the catalogue beside this repository through the reading path
 * (open, facts, draw), and what opens through a vision task of a worker. Prints a table; ends with 1 when a
 * file is not as the catalogue says, takes over 20 s or 1 GB, or harms the worker.
 */
import { makeHome } from "../support/home.ts";
import { startLoneWorker } from "../support/lone-worker.ts";
import { complaintsOf, hostileDir, hostileFiles, isHostileDataHere } from "./catalogue.ts";
import { createHostileRun, type HostileRow } from "./run.ts";

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

if (!isHostileDataHere) {
  print(`The odd files are not here (${hostileDir}).`);
  process.exit(0);
}
const home = await makeHome();
let faults = 0;
try {
  const worker = await startLoneWorker(home);
  const run = await createHostileRun(worker);
  print(line(["file", "outcome", "s", "MB", "worker", "s", "MB", ""]));
  for (const entry of hostileFiles()) {
    const row = await run.play(`${hostileDir}${entry.file}`);
    const complaints = [...complaintsOf(entry, row.outcome), ...row.faults];
    faults += complaints.length;
    print(line([entry.file, ...cellsOf(row), complaints.join("; ") || "ok"]));
  }
  run.stop();
  const code = await worker.stop();
  const left = await home.leftovers();
  if (code !== 0) faults += 1;
  faults += left.length;
  print(`The worker ended with ${code}; left behind: ${left.join(", ") || "nothing"}.`);
} finally {
  await home.remove();
}
print(faults === 0 ? "All as expected." : `${faults} faults.`);
process.exitCode = faults === 0 ? 0 : 1;

function cellsOf({ outcome, read, work }: HostileRow): string[] {
  const failed = outcome.failed.length > 0 ? `, ${outcome.failed.length} failed` : "";
  const came = outcome.refused || `${outcome.pages} pages${failed}`;
  const did = work && (work.code || `${work.slides} slides, ${work.gaps} gaps`);
  const measured = (one: { ms: number; bytes: number }) => [
    (one.ms / 1000).toFixed(1),
    String(Math.round(one.bytes / 1e6)),
  ];
  return [came, ...measured(read), ...(work ? [did ?? "", ...measured(work)] : ["-", "", ""])];
}

function line(cells: readonly string[]): string {
  const widths = [46, 22, 5, 5, 24, 5, 5, 0];
  return cells
    .map((cell, at) => {
      const width = widths[at] ?? 0;
      return /^[\d.]+$/.test(cell)
        ? cell.padStart(width)
        : cell.slice(0, width || 200).padEnd(width);
    })
    .join("  ");
}
