import { AppError } from "../../../errors/app-error.ts";
import { systemClock } from "../../../lib/clock.ts";
import { systemRandom } from "../../../lib/random.ts";
import { createClient, defaultDeadlines } from "./client.ts";
import { ollamaUrl } from "./host.ts";

export interface DetectOptions {
  /** As OLLAMA_HOST; null means this machine. */
  readonly host: string | null;
  /** For everything together. Default 500. */
  readonly timeoutMs?: number;
}

/** `reason` is one sentence for a person: why the server cannot be used. */
export type Detected =
  | { readonly ok: true; readonly url: string; readonly served: readonly string[] }
  | { readonly ok: false; readonly reason: string };

/** Whether a model server answers, and the models it has. Never throws. */
export async function detectOllama(options: DetectOptions): Promise<Detected> {
  const timeoutMs = options.timeoutMs ?? 500;
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new AppError("MODEL_TIMEOUT", `No answer within ${timeoutMs} ms.`)),
    timeoutMs,
  );
  try {
    return await look(ollamaUrl(options.host), late.signal);
  } catch (error) {
    return { ok: false, reason: reasonOf(error, options.host ?? "127.0.0.1:11434") };
  } finally {
    clearTimeout(timer);
  }
}

async function look(url: URL, signal: AbortSignal): Promise<Detected> {
  const client = createClient({
    url,
    deadlines: defaultDeadlines,
    clock: systemClock,
    random: systemRandom,
    // Only generations pause, and none is asked for here.
    sleep: () => Promise.reject(signal.reason),
  });
  await client.version(signal);
  const served = await client.names(signal);
  return { ok: true, url: url.href.replace(/\/$/, ""), served };
}

/** Nobody there is the usual case and gets the plainest words. */
function reasonOf(error: unknown, host: string): string {
  if (error instanceof AppError && ["ENGINE_UNREACHABLE", "MODEL_TIMEOUT"].includes(error.code)) {
    return `no Ollama answers at ${host}`;
  }
  return error instanceof Error ? error.message : String(error);
}
