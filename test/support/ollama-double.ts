import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { question } from "./ollama-questions.ts";
import {
  capabilitiesOf,
  type DoubleCalls,
  type DoubleModel,
  type DoubleOptions,
  type Faults,
  faultNames,
  installed,
  type State,
  sendJson,
  stateOf,
} from "./ollama-state.ts";

export { type DoubleOptions, defaultModels, type Faults } from "./ollama-state.ts";

export interface OllamaDouble {
  readonly url: string;
  readonly calls: DoubleCalls;
  /** May be changed while it runs. */
  readonly faults: Faults;
  /** Connections open now. */
  connections(): Promise<number>;
  stop(): Promise<void>;
}

/** A server on the loopback that speaks the native protocol of Ollama; it answers by rule. */
export async function startOllamaDouble(options: DoubleOptions = {}): Promise<OllamaDouble> {
  const state = stateOf(options);
  const server = createServer((request, response) => {
    void serve(state, request, response).catch((error: unknown) => {
      if (!response.headersSent) sendJson(response, 500, { error: String(error) });
      else response.destroy();
    });
  });
  await listen(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls: state.calls,
    faults: state.faults,
    connections: () => connectionsOf(server),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve());
  });

const connectionsOf = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });

async function serve(state: State, request: IncomingMessage, response: ServerResponse) {
  const path = (request.url ?? "").replace(/^.*\/api\//, "/api/");
  const body = request.method === "POST" ? await bodyOf(request) : {};
  switch (`${request.method} ${path}`) {
    case "GET /api/version":
      state.calls.version += 1;
      return sendJson(response, 200, { version: "0.33.0" });
    case "GET /api/tags":
      state.calls.tags += 1;
      return sendJson(response, 200, { models: installed(state).map(tagOf) });
    case "GET /api/ps":
      state.calls.ps += 1;
      return sendJson(response, 200, { models: loadedModels(state) });
    case "POST /api/show":
      state.calls.show += 1;
      return show(state, body, response);
    case "POST /api/pull":
      state.calls.pull += 1;
      return pull(state, body, response);
    case "POST /api/generate":
    case "POST /api/chat":
      return question(state, path === "/api/chat", body, response);
    default:
      return sendJson(response, 404, { error: `${request.method} ${path} not found` });
  }
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  request.setEncoding("utf8");
  for await (const chunk of request) text += chunk;
  return JSON.parse(text) as Record<string, unknown>;
}

const tagOf = (model: DoubleModel) => ({
  name: model.name,
  model: model.name,
  size: model.bytes,
  digest: `sha256:${model.name}`,
});

const loadedModels = (state: State) =>
  state.models
    .filter((model) => state.loaded.has(model.name))
    .map((model) => ({
      ...tagOf(model),
      size_vram: state.options.gpu === false ? 0 : model.bytes,
      context_length: state.loaded.get(model.name),
    }));

function show(state: State, body: Record<string, unknown>, response: ServerResponse): void {
  const model = installed(state).find((known) => known.name === body.model);
  if (model === undefined) {
    sendJson(response, 404, { error: `model '${body.model}' not found` });
    return;
  }
  sendJson(response, 200, {
    capabilities: capabilitiesOf(state, model),
    model_info: { "general.architecture": "llama", "llama.context_length": model.contextLength },
  });
}

async function pull(state: State, body: Record<string, unknown>, response: ServerResponse) {
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  const line = (value: unknown) => response.write(`${JSON.stringify(value)}\n`);
  const model = state.models.find((known) => known.name === body.model);
  line({ status: "pulling manifest" });
  if (model === undefined) line({ error: "pull model manifest: file does not exist" });
  else await download(state, model, line);
  response.end();
}

async function download(state: State, model: DoubleModel, line: (value: unknown) => void) {
  const digest = `sha256:${model.name}`;
  for (const tenth of [0, 2, 5, 8, 10]) {
    const completed = Math.round((model.bytes * tenth) / 10);
    line({ status: `pulling ${digest}`, digest, total: model.bytes, completed });
    await pause(state.options.pullStepMs ?? 0);
  }
  for (const status of ["verifying sha256 digest", "writing manifest"]) line({ status });
  state.pulled.add(model.name);
  line({ status: "success" });
}

/** `npx tsx test/support/ollama-double.ts --port 11434 --fault busy --fault slowLoadMs` */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: "string" }, fault: { type: "string", multiple: true } },
  });
  const asked = values.fault ?? [];
  const unknown = asked.filter((name) => !faultNames.some((known) => known === name));
  if (unknown.length > 0) throw new Error(`No such fault: ${unknown}. Known: ${faultNames}`);
  const numbers: Record<string, number> = { busy: 3, slowLoadMs: 3_000 };
  const faults = Object.fromEntries(asked.map((name) => [name, numbers[name] ?? true])) as Faults;
  const double = await startOllamaDouble({
    port: Number(values.port ?? 0),
    faults,
    pullStepMs: 300,
  });
  process.stdout.write(`${double.url}\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void double.stop());
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
