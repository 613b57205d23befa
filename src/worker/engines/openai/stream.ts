import { AppError } from "../../../errors/app-error.ts";
import type { Clock } from "../../../lib/clock.ts";
import type { AnswerTimings } from "../engine.ts";
import { errorOfEvent } from "./faults.ts";
import { type Chunk, chunk } from "./protocol.ts";

export interface Streamed {
  readonly text: string;
  readonly isCut: boolean;
  readonly promptTokens: number | null;
  readonly outputTokens: number | null;
  readonly timings: AnswerTimings;
}

export interface Stream {
  /** A line of server-sent events. Throws what an error event says. */
  take(line: string): void;
  /** Throws MODEL_STREAM_BROKEN when the answer has not ended. */
  end(): Streamed;
}

/** Reasons to end that mean the tokens were used up: OpenAI's word, Mistral's, and one of older servers. */
const cutReasons: ReadonlySet<string> = new Set(["length", "model_length", "max_tokens"]);

/** Puts a streamed chat completion together, and measures it where the server does not. */
export function createStream(clock: Clock): Stream {
  const startedMs = clock.nowMs();
  const pieces: string[] = [];
  const thoughts: string[] = [];
  /** Of a server that answers in one piece though a stream was asked for. */
  const whole: string[] = [];
  let firstMs: number | null = null;
  let reason: string | null = null;
  let refuses = false;
  let last: Pick<Chunk, "usage" | "timings"> = {};
  const see = (part: Chunk): void => {
    if (part.error !== undefined && part.error !== null) throw errorOfEvent(part.error);
    last = { usage: part.usage ?? last.usage, timings: part.timings ?? last.timings };
    for (const { delta, message, finish_reason } of part.choices ?? []) {
      const said = delta ?? message;
      const thought = said?.reasoning_content ?? said?.reasoning;
      if (said?.content || thought) firstMs ??= clock.nowMs();
      if (said?.content) pieces.push(said.content);
      if (thought) thoughts.push(thought);
      refuses ||= Boolean(said?.refusal);
      reason = finish_reason ?? reason;
    }
  };
  return {
    take(line) {
      if (whole.length > 0 || (reason === null && pieces.length === 0 && /^\s*\{/.test(line))) {
        whole.push(line);
        return;
      }
      const data = dataOf(line);
      if (data === "[DONE]") reason ??= "stop";
      else if (data !== null) see(parse(data));
    },
    end() {
      if (whole.length > 0) see(parse(whole.join("\n")));
      refuseUnended(reason);
      if (refuses) throw new AppError("MODEL_OUTPUT_INVALID", "The model refused to answer.");
      const endMs = clock.nowMs();
      const measured = {
        prompt_ms: (firstMs ?? endMs) - startedMs,
        predicted_ms: endMs - (firstMs ?? endMs),
      };
      const { prompt_ms, predicted_ms } = last.timings ?? measured;
      const text = pieces.join("");
      return {
        // A server told to part thoughts from answers takes all for thought where there is none.
        text: text.trim() === "" ? thoughts.join("") : text,
        isCut: cutReasons.has(reason ?? ""),
        promptTokens: last.usage?.prompt_tokens ?? null,
        outputTokens: last.usage?.completion_tokens ?? null,
        timings: {
          totalMs: endMs - startedMs,
          loadMs: 0,
          promptMs: prompt_ms,
          outputMs: predicted_ms,
        },
      };
    },
  };
}

/**
 * The JSON of a line or the closing word, or null for comments and names of events. llama.cpp has sent
 * errors under a field of their own.
 */
function dataOf(line: string): string | null {
  const text = line.trim();
  if (text.startsWith("error:")) throw errorOfEvent(jsonOr(text.slice(6)));
  if (!text.startsWith("data:")) {
    if (/^(:|event:|id:|retry:)/.test(text)) return null;
    throw new AppError("MODEL_STREAM_BROKEN", "What came is not a stream of events.");
  }
  return text.slice(5).trim();
}

const jsonOr = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text.trim();
  }
};

function parse(data: string): Chunk {
  const parsed = chunk.safeParse(jsonOr(data));
  if (parsed.success) return parsed.data;
  // What was sent may hold the deck's words.
  throw new AppError("MODEL_STREAM_BROKEN", "An event of the answer is not as agreed.");
}

function refuseUnended(reason: string | null): void {
  if (reason === null || reason === "abort" || reason === "error") {
    throw new AppError("MODEL_STREAM_BROKEN", "It ended without a last event.");
  }
  if (reason === "content_filter") {
    throw new AppError("MODEL_OUTPUT_INVALID", "The server withheld the answer.");
  }
}
