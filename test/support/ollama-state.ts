import type { ServerResponse } from "node:http";

/** Things that go wrong at a real server. Those of the model apply to questions, not to loading. */
export interface Faults {
  /** The stream begins with 200 and a piece, then says `{error}`. */
  errorLineAfter200?: boolean;
  /** The stream ends in the middle, in good order. */
  eofWithoutDone?: boolean;
  /** The connection is cut in the middle. */
  resetMidway?: boolean;
  /** The stream begins, then falls silent and stays open. */
  stall?: boolean;
  /** So many questions are turned away with 503. */
  busy?: number;
  /** How long a load takes; hanging up meanwhile drops it. */
  slowLoadMs?: number;
  /** 400, the prompt is too long. */
  contextOverflow?: boolean;
  /** 500 on every question: the runner died. */
  crash500?: boolean;
  /** 500 on every load: no memory. */
  loadFails?: boolean;
  invalidJson?: boolean;
  /** `done_reason: length` and half the answer. */
  truncated?: boolean;
  /** No model is installed; a pull brings it. */
  missingModel?: boolean;
  /** The models lack the capability. */
  noVision?: boolean;
  /** The capability is there, but pictures are not shown to the model. */
  blind?: boolean;
}
export const faultNames = [
  "errorLineAfter200",
  "eofWithoutDone",
  "resetMidway",
  "stall",
  "busy",
  "slowLoadMs",
  "contextOverflow",
  "crash500",
  "loadFails",
  "invalidJson",
  "truncated",
  "missingModel",
  "noVision",
  "blind",
] as const satisfies readonly (keyof Faults)[];

export interface DoubleModel {
  readonly name: string;
  readonly capabilities: readonly string[];
  readonly contextLength: number;
  readonly bytes: number;
}

export interface DoubleOptions {
  readonly port?: number;
  /** What its registry knows; installed from the start unless `missingModel`. */
  readonly models?: readonly DoubleModel[];
  readonly faults?: Faults;
  /** Whole models lie in GPU memory. Default true. */
  readonly gpu?: boolean;
  /** How the double counts a prompt. Default 4. */
  readonly charactersPerToken?: number;
  /** Waited for before each answer: lets a test hold calls and let them go. */
  readonly hold?: (prompt: string) => Promise<void>;
  /** Between two lines of a pull. Default 0. */
  readonly pullStepMs?: number;
  /** What it does with a schema as `format`: refuse it as servers before 0.5, or pass over any format. */
  readonly format?: "json_only" | "ignored";
}

export interface DoubleCalls {
  version: number;
  tags: number;
  show: number;
  ps: number;
  pull: number;
  /** Questions, by generate or chat. */
  questions: number;
  loads: number;
  /** Questions under way, and the most there ever were. */
  running: number;
  peak: number;
  /** Callers that hung up before their answer. */
  hungUp: number;
  /** Bodies of the questions, in order. */
  bodies: Record<string, unknown>[];
  keepAlive: unknown;
}

export const defaultModels: readonly DoubleModel[] = [
  { name: "llava:13b", capabilities: ["completion", "vision"], contextLength: 4096, bytes: 8e9 },
  {
    name: "gemma3:27b",
    capabilities: ["completion", "vision"],
    contextLength: 131_072,
    bytes: 17e9,
  },
];

export interface State {
  readonly options: DoubleOptions;
  readonly models: readonly DoubleModel[];
  readonly faults: Faults;
  readonly pulled: Set<string>;
  /** num_ctx each model is loaded with. */
  readonly loaded: Map<string, number>;
  readonly calls: DoubleCalls;
}

export function stateOf(options: DoubleOptions): State {
  const counters = { version: 0, tags: 0, show: 0, ps: 0, pull: 0, questions: 0, loads: 0 };
  return {
    options,
    models: options.models ?? defaultModels,
    faults: { ...options.faults },
    pulled: new Set(),
    loaded: new Map(),
    calls: { ...counters, running: 0, peak: 0, hungUp: 0, bodies: [], keepAlive: null },
  };
}

export const installed = (state: State): DoubleModel[] =>
  state.models.filter((model) => !state.faults.missingModel || state.pulled.has(model.name));

export const capabilitiesOf = (state: State, model: DoubleModel): string[] =>
  model.capabilities.filter((name) => name !== "vision" || !state.faults.noVision);

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
  response.end(JSON.stringify(value));
}
