/**
 * `npm run bench -- run-deck`: how long `pilotlight run` takes for a 20-slide deck with a text layer,
 * once the stack is up. The first run finds both pools at zero; the others find them warm. Every
 * deck is a new one, so nothing comes out of the visual cache.
 */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeDeck } from "./deck.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const cli = join(root, "dist/cli/main.js");
const runs = 6;
const slides = 20;
const goalSeconds = 15;

const home = await mkdtemp(join(tmpdir(), "pilotlight-bench-"));
const env = {
  ...process.env,
  PILOTLIGHT_HOME: join(home, "state"),
  PILOTLIGHT_PORT: "0",
  PILOTLIGHT_ENGINE: "extractive",
};

function pilotlight(
  args: string[],
  errors: "inherit" | "ignore" = "inherit",
): Promise<{ code: number | null; out: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, ...args], {
      cwd: root,
      env,
      stdio: ["ignore", "pipe", errors],
    });
    let out = "";
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out }));
  });
}

async function waitUntilUp(): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { code } = await pilotlight(["ls", "--json", "-q"], "ignore").catch(() => ({ code: 1 }));
    if (code === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error("the stack did not come up");
}

const stack = spawn(process.execPath, [cli, "up"], { cwd: root, env, stdio: "ignore" });
const ended = new Promise((resolve) => stack.once("close", resolve));
try {
  await waitUntilUp();
  const seconds: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const deck = join(home, `deck-${run}.pdf`);
    await writeDeck(deck, slides, 1000 + run);
    const startedMs = performance.now();
    const { code, out } = await pilotlight(["run", deck, "--json", "-q"]);
    const took = (performance.now() - startedMs) / 1000;
    const state = JSON.parse(out).documents[0].state;
    if (code !== 0 || state !== "done") throw new Error(`run ended with ${code}, ${state}`);
    seconds.push(took);
    console.log(`${run === 0 ? "cold pools" : "warm pools"}  ${took.toFixed(2)} s`);
  }
  const [cold = 0, ...warm] = seconds;
  const sorted = [...warm].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const result = {
    slides,
    cores: cpus().length,
    node: process.version,
    coldSeconds: cold,
    warmSeconds: { median, min: sorted[0], max: sorted.at(-1), n: warm.length },
    goalSeconds,
  };
  console.log(JSON.stringify(result, null, 2));
  await mkdir(join(root, "bench/results"), { recursive: true });
  await writeFile(
    join(root, "bench/results/run-deck.json"),
    `${JSON.stringify(result, null, 2)}\n`,
  );
  if (Math.max(...seconds) > goalSeconds) console.log(`over the goal of ${goalSeconds} s`);
} finally {
  stack.kill("SIGTERM");
  await ended;
  await rm(home, { recursive: true, force: true });
}
