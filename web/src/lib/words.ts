import type { EngineRef, Phase, TaskProgress } from "../api/types.ts";

const taskLabels: Readonly<Record<string, string>> = {
  visual_analysis: "Visual analysis",
  slide_feedback: "Slide feedback",
  extractions_and_template: "Extractions and template",
  specialized_clinical: "Clinical",
  specialized_regulatory: "Regulatory",
  specialized_science: "Science",
};

/** The name people read. A task of another pack shows its own name with spaces. */
export function taskWords(task: string): string {
  const known = taskLabels[task];
  if (known !== undefined) return known;
  const spaced = task.replaceAll("_", " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

export const titleWords = (value: string): string => taskWords(value);

/** @param isOver nothing more will come by itself */
export function engineWords(engine: EngineRef | null, isOver: boolean): string {
  if (engine === null) return isOver ? "No engine has read it" : "No engine has read it yet";
  if (engine.name === "extractive") {
    return "Read by the built-in engine: rules, layout and OCR, no model";
  }
  const name = engine.name === "ollama" ? "Ollama" : "an OpenAI-compatible server";
  return `Read by ${name}${engine.model === null ? "" : `, ${engine.model}`}`;
}

/** For table cells. */
export function engineShort(engine: EngineRef | null): string {
  if (engine === null) return "";
  if (engine.name === "extractive") return "Built-in";
  return engine.model ?? (engine.name === "ollama" ? "Ollama" : "OpenAI");
}

const phaseLabels: Readonly<Record<Phase, string>> = {
  requested: "Requested",
  provisioning: "Waiting for a machine",
  pulling_image: "Pulling the image",
  booting: "Booting",
  pulling_model: "Pulling the model",
  loading: "Loading",
  canary: "Proving itself",
  ready: "Ready",
  draining: "Draining",
  stopped: "Stopped",
  failed: "Failed",
};
export const phaseWords = (phase: Phase): string => phaseLabels[phase];

const sectorLabels: Readonly<Record<string, string>> = {
  digital_therapeutics: "Digital therapeutics",
  healthcare_infrastructure: "Healthcare infrastructure",
  telemedicine: "Telemedicine",
  diagnostics_devices: "Diagnostics and devices",
  biotech_pharma: "Biotech and pharma",
  health_data_ai: "Health data and AI",
  consumer_health: "Consumer health",
  healthcare_marketplaces: "Healthcare marketplaces",
};
/** All of them, each with its words. */
export const sectors: readonly (readonly [string, string])[] = Object.entries(sectorLabels);
export const sectorWords = (sector: string): string => sectorLabels[sector] ?? titleWords(sector);

/** `14/22`, or the state in a word where a task has no parts. */
export function countWords(task: TaskProgress): string {
  if (task.applicable === false) return "does not apply";
  if (task.state === "done" && task.gaps.length > 0) {
    // Once all has ended, how many there were is told by the document alone.
    if (task.total === null) return `done, ${task.gaps.length} missing`;
    return `${task.total - task.gaps.length}/${task.total}`;
  }
  const worked = task.state === "leased" || task.state === "delayed" || task.state === "done";
  if (task.done !== null && task.total !== null && (worked || task.done > 0)) {
    return `${task.done}/${task.total}`;
  }
  return taskStateWords(task.state);
}

const stateLabels: Readonly<Record<TaskProgress["state"], string>> = {
  blocked: "not yet",
  ready: "queued",
  leased: "running",
  delayed: "tried again soon",
  done: "done",
  dead: "failed",
  skipped: "skipped",
  // Of a document that was cancelled, or that failed before: what became of that is said above.
  cancelled: "not done",
};
const taskStateWords = (state: TaskProgress["state"]): string => stateLabels[state];
