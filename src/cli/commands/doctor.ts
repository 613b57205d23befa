import { existsSync } from "node:fs";
import { mkdir, statfs } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Config } from "../../config.ts";
import { checkServer, connect } from "../../db/connect.ts";
import { takeLock } from "../../db/embedded/lock.ts";
import { startEmbeddedPostgres } from "../../db/embedded/start.ts";
import { pendingMigrations } from "../../db/migrate.ts";
import { readSnapshotHolders, type SnapshotHolder } from "../../db/vacuum.ts";
import { failureOf } from "../../errors/app-error.ts";
import { errorCodes } from "../../errors/codes.ts";
import { builtInPacksDir, readPack } from "../../packs/read-pack.ts";
import { heldSentence } from "../../services/vacuum-watch.ts";
import { chooseEngine, type EngineChoice } from "../../worker/engines/detect.ts";
import { isAnswering } from "../api-client.ts";
import { type Context, checkout, configOf } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { type Check, doctorText } from "../report/doctor.ts";
import { findStack, type StackRecord } from "../stack.ts";

/** Looks at everything a start needs and says how to mend what is wrong. */
export async function doctor(context: Context): Promise<number> {
  const { output, interrupt } = context;
  const checks: Check[] = [checkNode()];
  const config = await addChecks(checks, "configuration", async () => {
    const read = await configOf(context);
    return { config: read, checks: [ok("configuration", `state in ${read.stateDir}`)] };
  });
  if (config !== null) {
    await mkdir(config.stateDir, { recursive: true, mode: 0o700 });
    const record = await findStack(config.stateDir);
    const steps: [string, () => Promise<Check[]>][] = [
      ["stack", () => checkStack(record)],
      ["database", () => checkDatabase(config, record)],
      ["port", () => checkPort(config, record)],
      ["disk", () => checkDisk(config.stateDir)],
      ["dashboard", async () => [checkDashboard()]],
      ["engine", () => checkEngine(config)],
    ];
    for (const [name, look] of steps) {
      interrupt.signal.throwIfAborted();
      await addChecks(checks, name, async () => ({ config, checks: await look() }));
    }
  }
  const isWell = checks.every(({ result }) => result !== "fail");
  if (output.json) output.object("doctor", { ok: isWell, checks });
  else output.data(doctorText(checks, output.style));
  return isWell ? exitCodes.ok : exitCodes.failed;
}

/** A look that throws is a check that failed; the others go on. */
async function addChecks(
  checks: Check[],
  name: string,
  look: () => Promise<{ config: Config; checks: Check[] }>,
): Promise<Config | null> {
  try {
    const { config, checks: more } = await look();
    checks.push(...more);
    return config;
  } catch (error) {
    const { code, detail } = failureOf(error);
    const { title, next } = errorCodes[code];
    checks.push({ name, result: "fail", detail: `${title} ${detail ?? ""}`.trim(), fix: next });
    return null;
  }
}

const ok = (name: string, detail: string): Check => ({ name, result: "ok", detail, fix: null });

function checkNode(): Check {
  const { node } = process.versions;
  const [major = 0, minor = 0] = node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return ok("node", node);
  return { name: "node", result: "fail", detail: node, fix: "Install Node 20.19 or newer." };
}

async function checkStack(record: StackRecord | null): Promise<Check[]> {
  if (record === null) return [ok("stack", "not running; start it: npm start")];
  const about = `process ${record.pid} (${record.command}) at ${record.url}`;
  if (await isAnswering(record.url)) return [ok("stack", about)];
  const fix = "It may be starting. If it stays so, end that process.";
  return [{ name: "stack", result: "warn", detail: `${about} does not answer`, fix }];
}

/** A running stack has the embedded database; otherwise it is started for the look. */
async function checkDatabase(config: Config, record: StackRecord | null): Promise<Check[]> {
  const heldMs = config.upkeep.heldSnapshotMs;
  if (config.databaseUrl !== null) {
    return databaseChecks(config.databaseUrl, "at DATABASE_URL", heldMs);
  }
  if (record !== null) return [ok("database", "embedded, in use by the running stack")];
  const lock = await takeLock(join(config.stateDir, "stack.lock"));
  if ("heldBy" in lock) {
    return [ok("database", `embedded, just being started or stopped by process ${lock.heldBy}`)];
  }
  try {
    const server = await startEmbeddedPostgres({ stateDir: config.stateDir });
    try {
      return await databaseChecks(server.url, "embedded", heldMs);
    } finally {
      await server.stop();
    }
  } finally {
    await lock.release();
  }
}

async function databaseChecks(url: string, where: string, heldMs: number): Promise<Check[]> {
  const sql = connect(url, { name: "pilotlight doctor", max: 1 });
  try {
    const version = await checkServer(sql);
    const pending = await pendingMigrations(sql);
    const migrations =
      pending.length === 0 ? "up to date" : `${pending.length} to apply at the next start`;
    return [
      ok("database", `PostgreSQL ${version}, ${where}`),
      ok("migrations", migrations),
      vacuumCheck(await readSnapshotHolders(sql), heldMs),
    ];
  } finally {
    await sql.end({ timeout: 2 });
  }
}

/** Where PostgreSQL does not say since when, nobody is accused. */
function vacuumCheck(holders: readonly SnapshotHolder[], heldMs: number): Check {
  const [longest] = holders;
  const seconds = longest?.seconds ?? 0;
  if (!longest || seconds * 1000 < heldMs) return ok("vacuum", "nothing holds it back");
  const fix = "End it if nobody needs it: see docs/how-to/keep-the-queue-healthy.md.";
  return { name: "vacuum", result: "warn", detail: heldSentence({ ...longest, seconds }), fix };
}

async function checkPort(config: Config, record: StackRecord | null): Promise<Check[]> {
  const { host, port } = config;
  if (port === 0) return [ok("port", "any free one")];
  if (record !== null && new URL(record.url).port === String(port)) {
    return [ok("port", `${port}, in use by the running stack`)];
  }
  const reason = await bindFailure(host, port);
  if (reason === null) return [ok("port", `${port} is free`)];
  const fix = "Another one will be taken. To choose it yourself: PILOTLIGHT_PORT.";
  const isTaken = reason === "EADDRINUSE";
  if (isTaken) return [{ name: "port", result: "warn", detail: `${port} is taken`, fix }];
  const detail = `${host}:${port} cannot be listened on (${reason})`;
  return [{ name: "port", result: "fail", detail, fix: "Mend PILOTLIGHT_HOST, PILOTLIGHT_PORT." }];
}

/** The code of the failure to listen there, or null. */
function bindFailure(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port }, () => server.close(() => resolve(null)));
  });
}

const gigabyte = 1024 ** 3;

async function checkDisk(stateDir: string): Promise<Check[]> {
  const { bavail, bsize } = await statfs(stateDir);
  const free = (bavail * bsize) / gigabyte;
  const detail = `${free.toFixed(1)} GB free for ${stateDir}`;
  const fix = "Free some space, or move the state: PILOTLIGHT_HOME.";
  if (free >= 2) return [ok("disk", detail)];
  return [{ name: "disk", result: free < 0.25 ? "fail" : "warn", detail, fix }];
}

function checkDashboard(): Check {
  if (existsSync(join(checkout, "dist/web/index.html"))) return ok("dashboard", "built");
  const fix = "Build it: npm run build.";
  return { name: "dashboard", result: "warn", detail: "not built; the API works without", fix };
}

async function checkEngine(config: Config): Promise<Check[]> {
  const pack = await readPack(join(builtInPacksDir(), "pitch-deck"));
  const choice = await chooseEngine(config, pack.models);
  const { name, reason } = choice;
  const detail = `${name === "extractive" ? "built-in" : name}: ${reason}`;
  const stages = stageChecks(choice);
  if (!reason.startsWith("asked for")) return [ok("engine", detail), ...stages];
  const fix =
    name === "openai"
      ? "Start the server of PILOTLIGHT_OPENAI_URL, check its key, or leave PILOTLIGHT_ENGINE at auto."
      : "Start Ollama there, or leave PILOTLIGHT_ENGINE at auto.";
  return [{ name: "engine", result: "fail", detail, fix }, ...stages];
}

/** Which model reads what, and why it was chosen among the pack's candidates. */
function stageChecks({ stages }: EngineChoice): Check[] {
  return Object.entries(stages).map(([stage, { name, quantisation, why }]) => {
    const model = quantisation === null ? `${name}` : `${name} (${quantisation})`;
    return ok(`${stage} model`, `${model}: ${why}`);
  });
}
