import type { JsonSchema } from "../engine.ts";
import type { ModelCall } from "../model-common/asking.ts";
import { seed } from "../model-common/asking.ts";
import { schemaInWords } from "../model-common/schema-words.ts";
import type { Reply } from "../model-common/transport.ts";
import type { ChatBody } from "./protocol.ts";

/**
 * Ways to ask for JSON of a schema, the surest first. Not every server knows every one: OpenAI's own
 * refuses lengths of text in strict schemas, vLLM before 0.6.3 knows its own `guided_json` only, others
 * `json_object` alone or nothing.
 */
const formats = ["strict_schema", "schema", "guided_json", "json_object", "words"] as const;
type Format = (typeof formats)[number];

/** How a server wants to be asked, as found out by what it refused. */
export interface Manners {
  readonly format: Format;
  readonly limitName: "max_tokens" | "max_completion_tokens";
  /** `stream_options`: without it a stream may not tell its token counts. */
  readonly asksUsage: boolean;
  /** Temperature 0 and the seed: some services let nobody choose. */
  readonly steady: boolean;
  /**
   * The switches by which chat templates of Qwen 3, GLM, DeepSeek and Granite leave out thinking aloud, as
   * vLLM, SGLang and llama.cpp hand them on; a template without such a switch passes over them.
   */
  readonly asksNoThought: boolean;
  /** A vLLM: worth asking with `guided_json`. */
  readonly isVllm: boolean;
}

export const firstManners: Manners = {
  format: "strict_schema",
  limitName: "max_tokens",
  asksUsage: true,
  steady: true,
  asksNoThought: true,
  isVllm: false,
};

const withSchema: ReadonlySet<Format> = new Set(["strict_schema", "schema", "guided_json"]);

/** What follows the prompt where the schema cannot be sent apart from it. */
export function schemaWords({ format }: Manners, schema: JsonSchema): string {
  if (withSchema.has(format)) return "";
  return schemaInWords(schema);
}

export function bodyOf(model: string, call: ModelCall, manners: Manners): ChatBody {
  const { prompt, images, grammar, outputTokens } = call;
  const text = prompt + schemaWords(manners, grammar);
  return {
    model,
    messages: [{ role: "user", content: contentOf(text, images) }],
    stream: true,
    ...(manners.asksUsage ? { stream_options: { include_usage: true } } : {}),
    ...(manners.steady ? { temperature: 0, seed } : {}),
    ...(manners.asksNoThought ? { chat_template_kwargs: noThought } : {}),
    [manners.limitName]: outputTokens,
    ...responseFormat(manners.format, grammar),
  };
}

const noThought = { enable_thinking: false, thinking: false };

/** The picture first: what is asked of it comes after whatever is written on it. */
function contentOf(text: string, images: readonly Buffer[]): unknown {
  if (images.length === 0) return text;
  const pictures = images.map((image) => ({
    type: "image_url",
    image_url: { url: `data:image/jpeg;base64,${image.toString("base64")}` },
  }));
  return [...pictures, { type: "text", text }];
}

function responseFormat(format: Format, schema: JsonSchema): Record<string, unknown> {
  if (format === "words") return {};
  if (format === "guided_json") return { guided_json: schema };
  if (format === "json_object") return { response_format: { type: "json_object" } };
  const strict = format === "strict_schema";
  const json_schema = { name: "answer", schema, ...(strict ? { strict } : {}) };
  return { response_format: { type: "json_schema", json_schema } };
}

/** How to ask after a refusal, when it is the manner that was refused; null: it was not. */
export function mannersAfter(refusal: Reply, before: Manners): Manners | null {
  if (![400, 422, 500, 501].includes(refusal.status)) return null;
  // What a server quotes of the request comes later, and may hold any word.
  const text = refusal.text.slice(0, 1_000);
  if (/max_completion_tokens/.test(text) && before.limitName === "max_tokens") {
    return { ...before, limitName: "max_completion_tokens" };
  }
  if (/stream_options|include_usage/.test(text) && before.asksUsage) {
    return { ...before, asksUsage: false };
  }
  if (/chat_template_kwargs|enable_thinking/.test(text) && before.asksNoThought) {
    return { ...before, asksNoThought: false };
  }
  if (/\b(temperature|seed)\b/.test(text) && before.steady) return { ...before, steady: false };
  return /response_format|json_schema|json_object|grammar|schema|guided|structured/i.test(text)
    ? weakerManners(before)
    : null;
}

/** After an answer that was none, the next way that differs in more than a word; null after the last. */
export function otherManners(before: Manners): Manners | null {
  const next = weakerManners(before);
  return next?.format === "schema" ? weakerManners(next) : next;
}

/** The next way to ask for JSON; null after the last. */
function weakerManners(before: Manners): Manners | null {
  const known = formats.filter((one) => one !== "guided_json" || before.isVllm);
  const format = known[known.indexOf(before.format) + 1];
  return format === undefined ? null : { ...before, format };
}
