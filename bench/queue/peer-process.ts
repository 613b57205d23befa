import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Run, RunResult } from "./contestant.ts";

export const peersDir = fileURLToPath(new URL("../peers", import.meta.url));
/** The peers need a newer Node than this repository does. */
const node = `${peersDir}/node_modules/node/bin/node`;
const longestRunMs = 240_000;

const percentiles = z.object({ p50: z.number(), p95: z.number(), p99: z.number() });
const message = z.discriminatedUnion("state", [
  z.object({ state: z.literal("ready") }),
  z.object({ state: z.literal("finished") }),
  z.object({
    state: z.literal("result"),
    seconds: z.number(),
    lonePipelineMs: z.number(),
    hopMs: percentiles.nullable(),
  }),
]);

export interface PeerOptions {
  readonly config: string;
  readonly batch: number;
  /** Pipelines before anything is measured. */
  readonly warmUp: number;
}

/** Runs `bench/peers/<script>` as a process of its own and follows what it says. */
export async function runPeer(
  script: string,
  { config, batch, warmUp }: PeerOptions,
  run: Run,
): Promise<RunResult> {
  const args = [script, `--url=${run.url}`, `--config=${config}`, `--batch=${batch}`];
  args.push(`--pipelines=${run.pipelines}`, `--warm-up=${warmUp}`);
  if (run.pipelinesPerSecond !== null) args.push(`--rate=${run.pipelinesPerSecond}`);
  const child = spawn(node, args, { cwd: peersDir, stdio: ["pipe", "pipe", "pipe"] });
  const timer = setTimeout(() => child.kill("SIGKILL"), longestRunMs);
  const stop = (): void => void child.kill("SIGKILL");
  process.once("exit", stop);
  try {
    return await follow(child, script, run);
  } finally {
    clearTimeout(timer);
    process.off("exit", stop);
    stop();
  }
}

async function follow(child: ChildProcess, script: string, run: Run): Promise<RunResult> {
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null) throw new Error("No pipes.");
  let said = "";
  stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4000);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("exit", resolve);
    child.once("error", reject);
  });
  let result: RunResult | null = null;
  for await (const line of createInterface({ input: stdout })) {
    const heard = parse(line);
    if (heard === null) continue;
    if (heard.state === "result") result = heard;
    else {
      await (heard.state === "ready" ? run.started() : run.finished());
      stdin.write("go\n");
    }
  }
  const code = await ended;
  if (code === 0 && result !== null) return result;
  throw new Error(`${script} ended with ${code ?? "a signal"}. It said:\n${said.trim()}`);
}

/** Libraries print to standard output too; what is no message of ours is left alone. */
function parse(line: string): z.infer<typeof message> | null {
  if (!line.startsWith("{")) return null;
  try {
    return message.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
