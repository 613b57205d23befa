import { AppError } from "../../../errors/app-error.ts";
import type { Subject } from "./parts.ts";
import type { Sample, Watch } from "./watch.ts";
import { field } from "./witness.ts";

/** When each phase of a start was first seen, in milliseconds from its order; null: it was not. */
export interface Phases {
  readonly visibleMs: number | null;
  readonly listedMs: number | null;
  /** The image was seen on its way, and then no longer. */
  readonly pulledMs: number | null;
  readonly runningMs: number | null;
  readonly healthyMs: number | null;
}

/**
 * Orders a replica and looks until it runs, and is well where somebody can ask for that. Throws what
 * the order throws, and REPLICA_START_FAILED when a second replica came: the first one died, and each
 * one may be paid for.
 */
export async function startWatched(
  subject: Subject,
  watch: Watch,
  order: () => Promise<void>,
  limitMs: number,
): Promise<Phases> {
  const { clock } = subject;
  const orderedMs = clock.nowMs();
  const before = watch.lives().length;
  await order();
  const leftMs = (): number => limitMs - since();
  const since = (): number => clock.nowMs() - orderedMs;
  const phases = emptyPhases();
  await watch.until((sample) => note(phases, sample, since()), leftMs());
  if (watch.lives().length > before + 1) {
    throw new AppError("REPLICA_START_FAILED", "a second replica came while one was started");
  }
  if (phases.runningMs !== null && (await becameHealthy(subject, watch, leftMs()))) {
    phases.healthyMs = since();
  }
  return phases;
}

type Open = { -readonly [Phase in keyof Phases]: Phases[Phase] } & { isPulling: boolean };

const emptyPhases = (): Open => ({
  ...{ visibleMs: null, listedMs: null, pulledMs: null, runningMs: null, healthyMs: null },
  isPulling: false,
});

/** Answers whether it runs. */
function note(phases: Open, { status, replicas }: Sample, ms: number): boolean {
  if (replicas === null) return false;
  phases.visibleMs ??= ms;
  const [replica] = replicas;
  if (replica !== undefined) phases.listedMs ??= ms;
  const pulls = status === "image_pulling" || replica?.status === "imagepulling";
  if (phases.isPulling && !pulls) phases.pulledMs ??= ms;
  phases.isPulling = pulls;
  if (replica?.status !== "running") return replicas.length > 1;
  phases.runningMs ??= ms;
  return true;
}

/**
 * Asked only while a replica runs: a request for one that is not there might wake it, or wait in the
 * queue and wake it later.
 */
async function becameHealthy(
  { isHealthy, witness, spec, api }: Subject,
  watch: Watch,
  limitMs: number,
): Promise<boolean> {
  if (isHealthy === null) return false;
  await api.get(spec.name);
  const told = witness.last("GET", `/container-deployments/${spec.name}`)?.body;
  const endpoint = field(told, "endpoint_base_url");
  if (typeof endpoint !== "string") return false;
  const found = await watch.until(async ({ replicas }) => {
    const runs = replicas?.some(({ status }) => status === "running") ?? false;
    return runs && (await isHealthy(endpoint));
  }, limitMs);
  return found !== null;
}

/** What the start of the first replica shows: its phases, or that there was no machine. */
export async function firstStart(subject: Subject, watch: Watch, limitMs: number): Promise<Phases> {
  const { provider, spec } = subject;
  try {
    const order = () => provider.apply(spec, "running");
    const phases = await startWatched(subject, watch, order, limitMs);
    tellPhases(subject, phases, limitMs);
    return phases;
  } catch (error) {
    if (error instanceof AppError && error.code === "PROVIDER_NO_CAPACITY") tellNoCapacity(subject);
    throw error;
  }
}

function tellNoCapacity({ notebook, witness, spec }: Subject): void {
  const answers = [
    ...witness.all("POST", "/container-deployments"),
    ...witness.all("POST", `/container-deployments/${spec.name}/resume`),
  ];
  const refused = answers.find(({ status }) => status >= 400);
  const status = witness.last("GET", `/container-deployments/${spec.name}/status`)?.body;
  const word = field(status, "status");
  if (refused !== undefined) {
    notebook.settle("no_capacity", String(refused.status), "the create was refused with it");
  } else if (typeof word === "string") {
    notebook.settle("no_capacity", word, "the status of the deployment after its create");
  }
}

function tellPhases({ notebook }: Subject, phases: Phases, limitMs: number): void {
  const { visibleMs, listedMs, pulledMs, runningMs, healthyMs } = phases;
  if (runningMs === null) {
    const limit = Math.round(limitMs / 60_000);
    const why = `nothing ran after ${limit} min; see its log in the console`;
    notebook.leave("start_phases", why);
    return;
  }
  const health = healthyMs === null ? "health was not seen" : "health asked of the container";
  const value = { visibleMs, listedMs, pulledMs, runningMs, healthyMs };
  notebook.settle("start_phases", value, `looked every 2 s; ${health}`);
}
