import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { failureOf } from "../errors/app-error.ts";
import { errorCodes } from "../errors/codes.ts";
import { systemClock } from "../lib/clock.ts";
import { systemRandom } from "../lib/random.ts";
import { type Pack, taskPackOf } from "../packs/pack.ts";
import {
  createPdfReaders,
  defaultPdfLimits,
  openPdf,
  type PdfReaders,
  popplerVersion,
} from "../pdf/index.ts";
import { createLog, type Log } from "../telemetry/log.ts";
import { type Container, type ContainerParts, startContainer } from "./container.ts";
import { createEngine } from "./engines/choose.ts";
import { createLogLines, keepingLines } from "./log-lines.ts";
import { readCodeDigest } from "./reader.ts";
import { readSettings, type Settings } from "./settings.ts";
import { makeWorkDir, type WorkDir } from "./work-dir.ts";

/**
 * What runs in a container. Exit codes: 0 drained, 1 could not start or lost its parent, 2 wrong
 * start parameters.
 */
async function main(): Promise<void> {
  const settings = settingsOrExit();
  const lines = createLogLines();
  const log = createLog({
    name: `${settings.pool}-${settings.replica}`,
    level: settings.logLevel,
    // Without a control plane nobody asks for them.
    ...(settings.controlUrl === null ? {} : { destination: keepingLines(lines, 1) }),
  });
  const running: Running = { container: null };
  const readers = createPdfReaders();
  obeySignals(running, settings, log);
  try {
    const workDir = await makeWorkDir(settings, process.pid);
    process.once("exit", () => workDir.removeNow());
    running.container = await start(settings, workDir, readers, { log, logLines: lines });
    const code = await running.container.ended;
    await readers.close();
    process.exit(code);
  } catch (error) {
    log.fatal({ err: error }, "the container could not start");
    process.exit(failureOf(error).code === "CONFIG_INVALID" ? 2 : 1);
  }
}

interface Running {
  /** null until its API listens. */
  container: Container | null;
}

async function start(
  settings: Settings,
  workDir: WorkDir,
  readers: PdfReaders,
  logs: Pick<ContainerParts, "log" | "logLines">,
): Promise<Container> {
  // With a control plane each task brings its own part; to load, read and check all of it takes a second.
  let reading: Promise<Pack> | undefined;
  const pack = (): Promise<Pack> => {
    reading ??= readBuiltInPack();
    return reading;
  };
  if (settings.controlUrl === null) await pack();
  return await startContainer({
    settings,
    engine: createEngine(settings, process),
    openPdf: (file, signal) => openPdf(file, defaultPdfLimits, { signal, readers }),
    taskPack: async (task) => taskPackOf(await pack(), task),
    workDir: workDir.path,
    codeDigest: await readCodeDigest(),
    poppler: await popplerVersion(),
    bootId: randomUUID(),
    pid: process.pid,
    clock: systemClock,
    random: systemRandom,
    ...logs,
  });
}

async function readBuiltInPack(): Promise<Pack> {
  const { builtInPacksDir, readPack } = await import("../packs/read-pack.ts");
  return await readPack(join(builtInPacksDir(), "pitch-deck"));
}

/** Who may end us: the provider by SIGTERM, a parent by going away, a person by Ctrl-C when alone. */
function obeySignals(running: Running, settings: Settings, log: Log): void {
  const drain = (why: string): void => {
    if (running.container === null) process.exit(0);
    running.container.drain(why);
  };
  const end = (): never => {
    running.container?.kill();
    process.exit(1);
  };
  process.on("SIGTERM", () => drain("SIGTERM"));
  process.on("SIGINT", () => {
    // The terminal's Ctrl-C reaches the whole group; with a control plane, that one decides.
    if (settings.controlUrl === null) drain("SIGINT");
  });
  process.once("disconnect", end);
  const crash = (error: unknown): void => {
    log.fatal({ err: error }, "an error nobody expected");
    end();
  };
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", crash);
}

function settingsOrExit(): Settings {
  try {
    return readSettings(process.env);
  } catch (error) {
    const { code, detail } = failureOf(error);
    const { title, next } = errorCodes[code];
    process.stderr.write(`${code}: ${title} ${detail ?? ""} ${next}\n`);
    process.exit(2);
  }
}

await main();
