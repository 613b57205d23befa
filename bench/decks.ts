/**
 * `npm run bench -- decks FOLDER`: runs every PDF of a folder through `pilotlight run` and prints name,
 * healthcare, ask and date beside the truth of its `truth.json`. No goal: it shows where reading stands.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { RunReport } from "../src/contract/run.ts";

interface Truth {
  readonly file: string;
  readonly startup_name: readonly string[] | null;
  readonly is_healthcare: boolean;
  readonly funding_amount: {
    amount: [number, number];
    currency: string;
    round: string | null;
  } | null;
  readonly deck_date: string | null;
}

const folder = resolve(process.argv[2] ?? "examples");
const truth = JSON.parse(readFileSync(join(folder, "truth.json"), "utf8")) as Truth[];
const files = (await readdir(folder)).filter((name) => name.endsWith(".pdf")).sort();
const root = fileURLToPath(new URL("..", import.meta.url));
const home = await mkdtemp(join(tmpdir(), "pilotlight-decks-"));

async function run(): Promise<RunReport> {
  const args = [
    join(root, "dist/cli/main.js"),
    "run",
    ...files.map((name) => join(folder, name)),
    "--json",
  ];
  const env = {
    ...process.env,
    PILOTLIGHT_HOME: home,
    PILOTLIGHT_PORT: "0",
    PILOTLIGHT_ENGINE: "extractive",
  };
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  const code = await new Promise((done) => child.once("close", done));
  console.log(`exit code ${code}`);
  return JSON.parse(out) as RunReport;
}

const fold = (text: string): string => text.toLowerCase().replace(/[\s\p{P}]/gu, "");
const sameName = (said: string | null, names: readonly string[] | null): boolean =>
  names === null ? said === null : said !== null && names.some((name) => fold(name) === fold(said));
const sameDate = (said: string | null, date: string | null): boolean =>
  date === null ? said === null : (said?.startsWith(date) ?? false);
const bounds = (amount: number | readonly [number, number]): readonly [number, number] =>
  typeof amount === "number" ? [amount, amount] : amount;
const money = (
  ask: { amount: number | readonly [number, number]; currency: string } | null,
): string => (ask === null ? "-" : `${bounds(ask.amount).join("-")} ${ask.currency}`);
function sameAsk(
  said: { amount: number | readonly [number, number]; currency: string } | null,
  ask: Truth["funding_amount"],
): boolean {
  if (said === null || ask === null) return said === null && ask === null;
  const [low, high] = bounds(said.amount);
  return low === ask.amount[0] && high === ask.amount[1] && said.currency === ask.currency;
}

const tally: Record<string, number> = { done: 0, name: 0, healthcare: 0, ask: 0, date: 0 };
const mark = (key: string, right: boolean): string => {
  tally[key] = (tally[key] ?? 0) + (right ? 1 : 0);
  return right ? "ok " : "NO ";
};

try {
  const report = await run();
  for (const document of report.documents) {
    const true_ = truth.find((entry) => entry.file === document.name);
    if (true_ === undefined) continue;
    const said = document.results.extractions_and_template?.extractions;
    const name = said?.startup_name.value ?? null;
    const healthcare = said?.healthcare.value?.is_healthcare ?? null;
    const ask = said?.funding_amount.value ?? null;
    const date = said?.deck_date.value ?? null;
    mark("done", document.state === "done");
    console.log(
      `${document.name}  ${document.state}  ${document.pages} pages  ${document.seconds.toFixed(1)} s`,
    );
    console.log(
      `  name       ${mark("name", sameName(name, true_.startup_name))}${name ?? "-"}  |  ${true_.startup_name?.[0] ?? "-"}`,
    );
    console.log(
      `  healthcare ${mark("healthcare", healthcare === true_.is_healthcare)}${healthcare}  |  ${true_.is_healthcare}`,
    );
    console.log(
      `  ask        ${mark("ask", sameAsk(ask, true_.funding_amount))}${money(ask)}  |  ${money(true_.funding_amount)}`,
    );
    console.log(
      `  date       ${mark("date", sameDate(date, true_.deck_date))}${date ?? "-"}  |  ${true_.deck_date ?? "-"}`,
    );
  }
  console.log(JSON.stringify({ decks: report.documents.length, ...tally }));
} finally {
  await rm(home, { recursive: true, force: true });
}
