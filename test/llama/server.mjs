/**
 * `node test/llama/server.mjs MODEL.gguf [--context 2048]`: llama.cpp behind the part of the OpenAI API
 * that an engine uses, with llama.cpp's own words for its errors. One call at a time. It prints its URL
 * and ends when its input does.
 */
import { createServer } from "node:http";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { getLlama, LlamaCompletion } from "node-llama-cpp";

const { values, positionals } = parseArgs({
  options: { context: { type: "string", default: "2048" } },
  allowPositionals: true,
});
const contextSize = Number(values.context);
const modelPath = positionals[0] ?? "";
const id = basename(modelPath);
// Nothing is compiled and nothing downloaded: what npm installed is what runs.
const llama = await getLlama({
  gpu: false,
  maxThreads: 1,
  build: "never",
  skipDownload: true,
  logLevel: "error",
});
const model = await llama.loadModel({ modelPath });
const context = await model.createContext({ contextSize, sequences: 1, threads: 1 });
const sequence = context.getSequence();
const completion = new LlamaCompletion({ contextSequence: sequence });

/** One at a time, in the order they came. */
let turn = Promise.resolve();

const server = createServer((request, response) => {
  serve(request, response).catch((error) => {
    if (response.headersSent) response.destroy();
    else fail(response, 500, "server_error", String(error));
  });
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}\n`);
});
process.stdin.resume().once("end", () => process.exit(0));

async function serve(request, response) {
  const body = request.method === "POST" ? await bodyOf(request) : {};
  switch (`${request.method} ${request.url}`) {
    case "GET /v1/models":
      return send(response, 200, { object: "list", data: [{ id, object: "model" }] });
    case "GET /props":
      return send(response, 200, { default_generation_settings: { n_ctx: context.contextSize } });
    case "POST /tokenize":
      return send(response, 200, { tokens: [...model.tokenize(body.content)] });
    case "POST /v1/chat/completions":
      turn = turn.then(() => answer(body, response)).catch((error) => refuse(response, error));
      return await turn;
    default:
      return fail(response, 404, "not_found_error", "File Not Found");
  }
}

function refuse(response, error) {
  if (response.headersSent) response.destroy();
  else fail(response, 400, "invalid_request_error", String(error));
}

async function bodyOf(request) {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return JSON.parse(text);
}

function send(response, status, value) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}

const fail = (response, code, type, message) =>
  send(response, code, { error: { code, type, message } });

async function grammarOf(format) {
  if (format?.type === "json_schema") {
    return await llama.createGrammarForJsonSchema(format.json_schema.schema);
  }
  return format?.type === "json_object" ? await llama.getGrammarFor("json") : undefined;
}

async function answer(body, response) {
  const prompt = body.messages.map(({ content }) => textOf(content)).join("\n");
  const tokens = model.tokenize(prompt);
  const free = context.contextSize - tokens.length - 8;
  if (free < 1) {
    const message = "the request exceeds the available context size, try increasing it";
    return fail(response, 400, "exceed_context_size_error", message);
  }
  const grammar = await grammarOf(body.response_format);
  const hungUp = new AbortController();
  response.once("close", () => hungUp.abort());
  const event = (value) => response.write(`data: ${JSON.stringify(value)}\n\n`);
  const delta = (content, finish_reason = null) =>
    event({
      object: "chat.completion.chunk",
      choices: [{ index: 0, delta: { content }, finish_reason }],
    });
  response.writeHead(200, { "content-type": "text/event-stream" });
  const before = sequence.tokenMeter.getState();
  await sequence.clearHistory();
  const { metadata } = await completion.generateCompletionWithMeta(tokens, {
    ...(grammar === undefined ? {} : { grammar }),
    maxTokens: Math.min(body.max_tokens ?? free, free),
    temperature: body.temperature ?? 0,
    seed: body.seed ?? 1,
    signal: hungUp.signal,
    stopOnAbortSignal: true,
    onTextChunk: (text) => delta(text),
  });
  delta("", metadata.stopReason === "maxTokens" ? "length" : "stop");
  if (body.stream_options?.include_usage) {
    const used = sequence.tokenMeter.diff(before);
    const usage = { prompt_tokens: tokens.length, completion_tokens: used.usedOutputTokens };
    event({ choices: [], usage });
  }
  response.end("data: [DONE]\n\n");
}

function textOf(content) {
  if (typeof content === "string") return content;
  if (content.some(({ type }) => type === "image_url")) {
    throw new Error(
      "image input is not supported - hint: if this is unexpected, provide the mmproj",
    );
  }
  return content.map(({ text }) => text ?? "").join("");
}
