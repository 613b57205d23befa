import { AppError } from "../../../errors/app-error.ts";
import { systemClock } from "../../../lib/clock.ts";
import { systemRandom } from "../../../lib/random.ts";
import { createClient, defaultDeadlines } from "./client.ts";
import { openaiUrl } from "./url.ts";

/** `reason` is one sentence for a person: why the server cannot be used. */
export type Detected =
  | { readonly ok: true; readonly url: string; readonly served: readonly string[] }
  | { readonly ok: false; readonly reason: string };

/** Whether an OpenAI-compatible server answers, and the models it has. Never throws. */
export async function detectOpenai(options: {
  readonly url: string;
  readonly apiKey: string | null;
  readonly timeoutMs: number;
}): Promise<Detected> {
  try {
    const url = openaiUrl(options.url);
    const client = createClient({
      url,
      apiKey: options.apiKey,
      deadlines: { ...defaultDeadlines, quickMs: options.timeoutMs },
      clock: systemClock,
      random: systemRandom,
      // Only generations pause, and none is asked for here.
      sleep: () => Promise.reject(new Error("no pauses here")),
    });
    const served = await client.models(new AbortController().signal);
    return { ok: true, url: url.href.replace(/\/$/, ""), served: served.map(({ id }) => id) };
  } catch (error) {
    return { ok: false, reason: reasonOf(error, options.url) };
  }
}

function reasonOf(error: unknown, url: string): string {
  if (error instanceof AppError && ["ENGINE_UNREACHABLE", "MODEL_TIMEOUT"].includes(error.code)) {
    return `no OpenAI-compatible server answers at ${url}`;
  }
  return error instanceof Error ? error.message : String(error);
}
