import type { Clock } from "../../lib/clock.ts";
import type { Log } from "../../telemetry/log.ts";
import { keepModelServer, type ModelServer } from "./model-server.ts";
import { type Command, type End, run } from "./process.ts";

export interface SuperviseOptions {
  readonly worker: Command;
  /** null: none is started here. */
  readonly modelServer: Command | null;
  /** Takes every line that either of them says. */
  readonly say: (line: string) => void;
  /** Raised by whoever wants all of this to end; may be raised already. */
  readonly stop: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
  readonly backoffMs?: number;
  readonly killMs?: number;
}

/** The model server died too often; the container was drained. */
export const serverLostCode = 3;

/**
 * Runs the model server and the container beside it until the container has ended, and answers the exit
 * code: the container's own (128 and more: a signal), or 3. An order to stop reaches the container alone;
 * the model server goes on for as long as that drains.
 */
export async function supervise(options: SuperviseOptions): Promise<number> {
  const { stop, log } = options;
  if (stop.aborted) return 0;
  const server = serverOf(options);
  const worker = run(options.worker, options.say);
  let code: number | null = null;
  const drain = (): void => worker.signal("SIGTERM");
  stop.addEventListener("abort", drain, { once: true });
  void server?.lost.then(() => {
    log.fatal({}, "the model server died too often, so the container is drained");
    code = serverLostCode;
    drain();
  });
  const end = await worker.ended;
  stop.removeEventListener("abort", drain);
  log.info({ ...end }, "the container ended");
  await server?.stop();
  return code ?? codeOf(end, stop.aborted);
}

function serverOf({ modelServer, ...rest }: SuperviseOptions): ModelServer | null {
  return modelServer === null ? null : keepModelServer({ command: modelServer, ...rest });
}

const signalNumbers: Readonly<Record<string, number>> = {
  SIGKILL: 9,
  SIGTERM: 15,
  SIGSEGV: 11,
  SIGABRT: 6,
};

/** One that is told to end before it listens ends by the signal itself: it held nothing. */
function codeOf({ code, signal }: End, isWanted: boolean): number {
  if (code !== null) return code;
  if (signal === "SIGTERM" && isWanted) return 0;
  return signal === null ? 1 : 128 + (signalNumbers[signal] ?? 0);
}
