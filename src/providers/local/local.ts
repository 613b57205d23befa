import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { AppError } from "../../errors/app-error.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Price, Provider, ReplicaSighting, ReplicaSpec } from "../provider.ts";
import { Container } from "./container.ts";
import { createModelSlots } from "./model-slots.ts";
import {
  findLeftovers,
  installationVariable,
  isRunning,
  leadsGroup,
  sendSignal,
} from "./process-group.ts";

export interface LocalProviderOptions {
  readonly installation: string;
  /** Logs go to `<stateDir>/logs/<name>.log`. */
  readonly stateDir: string;
  /** The container's main module, as `childEntry` gives it. */
  readonly entry: { readonly file: string; readonly execArgv: readonly string[] };
  /** Taken from here and handed on: PATH, HOME, TMPDIR and LANG, nothing else. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** From SIGTERM to SIGKILL. */
  readonly graceMs: number;
  readonly logBytesMax?: number;
  /**
   * Containers share one model server that works on so many calls at once: they ask here before each.
   * Absent: each looks after itself.
   */
  readonly modelSlots?: number;
  /** Something started, stops or has ended: a good moment to observe. */
  readonly onChange?: () => void;
}

export interface LocalProvider extends Provider {
  /** Kills what an earlier control plane of this installation left behind; answers how many. */
  sweep(): Promise<number>;
  /** Stops everything and waits for the last process; nothing can be started afterwards. */
  stopAll(): Promise<void>;
}

const handedOn = ["PATH", "HOME", "TMPDIR", "LANG"] as const;
/** This machine, whatever it has: nobody charges for it. */
const localMachine: Price = {
  gpu: null,
  gpus: 0,
  region: null,
  spot: false,
  vramGb: null,
  microUsdPerHour: null,
  isAvailable: true,
};
const defaultLogBytesMax = 10 * 1024 * 1024;
const sweepMs = 2_000;

/** Replicas as child processes of this one. */
export function createLocalProvider(options: LocalProviderOptions): LocalProvider {
  const containers = new Map<string, Container>();
  let ended: ReplicaSighting[] = [];
  let closed = false;
  const { modelSlots: count } = options;
  const modelSlots = count === undefined ? null : createModelSlots(count);
  const shared = modelSlots === null ? {} : { PILOTLIGHT_MODEL_SLOTS: "parent" };
  const changed = options.onChange ?? (() => undefined);

  const start = async (spec: ReplicaSpec): Promise<void> => {
    // Nothing is awaited between this look and the entry in the map, so two calls start one.
    if (containers.has(spec.name)) return;
    if (closed) throw new AppError("SHUTTING_DOWN");
    const container = new Container({
      spec,
      entry: options.entry,
      env: { ...environmentOf(spec, options.env), ...shared },
      modelSlots,
      logFile: join(options.stateDir, "logs", `${spec.name}.log`),
      logBytesMax: options.logBytesMax ?? defaultLogBytesMax,
      graceMs: options.graceMs,
      startedAtMs: options.clock.nowMs(),
      onChange: changed,
    });
    containers.set(spec.name, container);
    void container.ended.then(() => {
      containers.delete(spec.name);
      // A start that failed is told by its error alone.
      if (container.pid !== undefined) ended.push(container.sighting());
      changed();
    });
    await container.started();
  };

  return {
    name: "local",
    billingQuantumMs: 0,
    async observe() {
      const told = ended;
      ended = [];
      // One that has just ended is told from `ended`, never twice.
      const live = [...containers.values()].filter(({ state }) => state !== "exited");
      return [...live.map((container) => container.sighting()), ...told];
    },
    async apply(spec, want) {
      if (spec.installation !== options.installation) {
        throw new AppError("INTERNAL", `${spec.name} belongs to another installation`);
      }
      if (want === "running") await start(spec);
      else containers.get(spec.name)?.stop();
    },
    async prices() {
      return [localMachine];
    },
    async sweep() {
      const own = new Set([...containers.values()].flatMap(({ pid }) => pid ?? []));
      return killLeftovers(findLeftovers(options.installation, own));
    },
    async stopAll() {
      closed = true;
      const all = [...containers.values()];
      for (const container of all) container.stop();
      await Promise.all(all.map((container) => container.ended));
    },
  };
}

function environmentOf(
  spec: ReplicaSpec,
  env: LocalProviderOptions["env"],
): Readonly<Record<string, string>> {
  const given: Record<string, string> = {};
  for (const name of handedOn) {
    const value = env[name];
    if (value !== undefined) given[name] = value;
  }
  return { ...given, ...spec.env, ...spec.secrets, [installationVariable]: spec.installation };
}

/** A process that lived with a control plane that is gone has nobody to drain to: SIGKILL. */
async function killLeftovers(pids: readonly number[]): Promise<number> {
  for (const pid of pids) sendSignal(leadsGroup(pid) ? -pid : pid, "SIGKILL");
  for (let waitedMs = 0; waitedMs < sweepMs && pids.some(isRunning); waitedMs += 20) {
    await pause(20);
  }
  return pids.length;
}
