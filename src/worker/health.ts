import type { Phase } from "../contract/fleet.ts";
import type { ContainerHealth } from "../contract/worker-protocol.ts";
import type { Random } from "../lib/random.ts";
import { callServer, drained } from "./control-http.ts";
import type { Engine } from "./engines/engine.ts";
import type { Settings } from "./settings.ts";
import { pause } from "./signals.ts";
import type { Slots } from "./slots.ts";
import type { RunningTask } from "./task-loop.ts";

/** How a dependency stands. */
export interface Standing {
  readonly ok: boolean;
  readonly detail: string | null;
}

export interface HealthParts {
  readonly settings: Pick<Settings, "pool" | "replica" | "slots" | "visionUrl" | "containerToken">;
  readonly engine: Engine;
  readonly slots: Slots;
  readonly phase: Phase;
  readonly phaseSinceMs: number;
  /** What was said last about the phase: why it failed, for one. */
  readonly note: string | null;
  /** The heartbeats; null where there is no control plane, or none has been reached yet. */
  readonly controlPlane: Standing | null;
  readonly running: readonly RunningTask[];
  readonly life: AbortSignal;
  readonly random: Random;
}

/** For each dependency that is asked. */
const answerMs = 2_000;

/** What the container holds and whether what it depends on answers. Never throws, never waits long. */
export async function readHealth(parts: HealthParts): Promise<ContainerHealth> {
  const { settings, slots, engine, phase, phaseSinceMs, controlPlane } = parts;
  const [engineState, vision] = await Promise.all([
    inTime(engine.healthy(), parts.life),
    visionState(parts),
  ]);
  const running = slots.running();
  const reason = reasonOf(parts, engineState);
  return {
    status: statusOf(parts, reason),
    reason,
    pool: settings.pool,
    replica: settings.replica,
    phase,
    phaseSince: new Date(phaseSinceMs).toISOString(),
    engine: engine.ref,
    queue: { slots: settings.slots, running, free: Math.max(0, settings.slots - running) },
    dependencies: {
      engine: engineState,
      ...(controlPlane === null ? {} : { control_plane: controlPlane }),
      ...(vision === null ? {} : { vision_container: vision }),
    },
    pipelines: byPipeline(parts.running),
  };
}

async function inTime(asked: Promise<Standing>, life: AbortSignal): Promise<Standing> {
  const answered = new AbortController();
  const end = (): void => answered.abort();
  life.addEventListener("abort", end, { once: true });
  const late = pause(answerMs, answered.signal).then(() => ({
    ok: false,
    detail: `No answer within ${answerMs / 1000} s.`,
  }));
  try {
    return await Promise.race([asked.catch(faultOf), late]);
  } finally {
    life.removeEventListener("abort", end);
    end();
  }
}

const faultOf = (error: unknown): Standing => ({
  ok: false,
  detail: error instanceof Error ? error.message : String(error),
});

/** The vision container that text tasks may ask; null where none is named. */
async function visionState({ settings, life, random }: HealthParts): Promise<Standing | null> {
  const { visionUrl, containerToken, pool } = settings;
  if (visionUrl === null || pool === "vision") return null;
  const call = { method: "GET", url: `${visionUrl}/api/health`, token: containerToken } as const;
  try {
    await callServer({ ...call, signal: life, deadlineMs: answerMs, tries: 1 }, random, drained);
    return { ok: true, detail: null };
  } catch (error) {
    return faultOf(error);
  }
}

/** Why it is unhealthy; null: it is not. */
function reasonOf({ phase, note }: HealthParts, engine: Standing): string | null {
  if (phase === "failed") return note ?? "It could not start.";
  if (phase !== "ready" || engine.ok) return null;
  return `The engine does not answer: ${engine.detail ?? "it does not say why"}`;
}

function statusOf({ phase, slots }: HealthParts, reason: string | null): ContainerHealth["status"] {
  if (reason !== null) return "unhealthy";
  if (phase === "draining" || phase === "stopped") return "draining";
  if (phase !== "ready") return "starting";
  return slots.running() >= slots.total ? "busy" : "ok";
}

function byPipeline(running: readonly RunningTask[]): ContainerHealth["pipelines"] {
  const tasks = new Map<string, Omit<RunningTask, "pipeline">[]>();
  for (const { pipeline, ...task } of running) {
    tasks.set(pipeline, [...(tasks.get(pipeline) ?? []), task]);
  }
  return [...tasks].map(([pipeline, held]) => ({ pipeline, tasks: held }));
}
