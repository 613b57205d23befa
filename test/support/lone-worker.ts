import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { containerHealth } from "../../src/contract/worker-protocol.ts";
import type { Home } from "./home.ts";
import { type CliRun, startCli } from "./product.ts";

/** A vision container of the built product without a control plane. */
export interface LoneWorker {
  readonly pid: number;
  readonly url: string;
  /** Sends a file through `visual_analysis`. `code` is "" when it went well. */
  analyse(file: string): Promise<{ code: string; slides: number; gaps: number }>;
  isWell(): Promise<boolean>;
  /** Ends it in order; its exit code. */
  stop(): Promise<number | null>;
}

export async function startLoneWorker(home: Home): Promise<LoneWorker> {
  const run = startCli(home, ["worker", "--pool", "vision"]);
  await run.heard(/listens on http:\S+/);
  const url = /listens on (http:\S+)/.exec(run.saidSoFar())?.[1] ?? "";
  while (!(await isWell(url))) await pause(100);
  return {
    pid: run.child.pid ?? 0,
    url,
    analyse: (file) => analyse(url, file),
    isWell: () => isWell(url),
    stop: () => stop(run),
  };
}

async function isWell(url: string): Promise<boolean> {
  const response = await fetch(`${url}/api/health`);
  return containerHealth.parse(await response.json()).status === "ok";
}

async function analyse(
  url: string,
  file: string,
): Promise<{ code: string; slides: number; gaps: number }> {
  const { size } = await stat(file);
  const response = await fetch(`${url}/api/pipeline/visual-analysis`, {
    method: "POST",
    headers: { "content-type": "application/pdf", "content-length": String(size) },
    body: createReadStream(file) as unknown as ReadableStream,
    duplex: "half",
  } as RequestInit);
  const body = (await response.json()) as { code?: string; slides?: []; gaps?: [] };
  return {
    code: body.code ?? "",
    slides: body.slides?.length ?? 0,
    gaps: body.gaps?.length ?? 0,
  };
}

async function stop({ child, ended }: CliRun): Promise<number | null> {
  child.kill("SIGINT");
  return (await ended).code;
}
