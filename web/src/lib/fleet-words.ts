import type { Fleet, MachineView, Phase, PoolView, ReplicaView } from "../api/types.ts";
import { bytesWords } from "./format.ts";

/** What runs, on what and for how much, as people read it. Pure; "now" is a parameter. */

const cents = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
const finer = new Intl.NumberFormat("en-US", {
  ...{ style: "currency", currency: "USD" },
  ...{ minimumFractionDigits: 2, maximumFractionDigits: 3 },
});

export const usdWords = (usd: number): string =>
  usd > 0 && usd < 0.01 ? "under $0.01" : cents.format(usd);

/** Null where nobody charges. */
export function priceWords({ usdPerHour }: Pick<MachineView, "usdPerHour">): string | null {
  if (usdPerHour === null) return null;
  return usdPerHour === "unpriced" ? "price unknown" : `${finer.format(usdPerHour)} an hour`;
}

/** "2 x L40S, spot, FIN-03". */
export function machineWords({ gpu, gpus, region, spot }: MachineView): string {
  const hardware = gpu === null ? "CPU" : gpus > 1 ? `${gpus} x ${gpu}` : gpu;
  const parts = [hardware, spot ? "spot" : null, region];
  return parts.filter((part) => part !== null && part !== "").join(", ");
}

export const pullWords = ({ doneBytes, totalBytes }: NonNullable<ReplicaView["pull"]>): string =>
  `${bytesWords(doneBytes)} of ${bytesWords(totalBytes)}`;

export const isOver = (phase: Phase): boolean => phase === "stopped" || phase === "failed";

/** In their order; a replica in one of them is not ready yet. */
const startPhases = [
  "requested",
  "provisioning",
  "pulling_image",
  "booting",
  "pulling_model",
  "loading",
  "canary",
] as const satisfies readonly Phase[];
export type StartPhase = (typeof startPhases)[number];

const startPhaseOf = (phase: Phase): StartPhase | undefined =>
  startPhases.find((known) => known === phase);

export interface StartStep {
  readonly phase: StartPhase;
  readonly seconds: number;
  /** The phase it is in now: its seconds still grow. */
  readonly runs: boolean;
}

/** How long each phase of a start took, up to now. Phases after the start are no part of it. */
export function startSteps(replica: ReplicaView, nowMs: number): readonly StartStep[] {
  return replica.startedBy.flatMap(({ phase, seconds }, index) => {
    const known = startPhaseOf(phase);
    if (known === undefined) return [];
    const runs = index === replica.startedBy.length - 1 && phase === replica.phase;
    const sinceSeconds = Math.max(0, (nowMs - Date.parse(replica.since)) / 1000);
    return [{ phase: known, seconds: runs ? Math.max(seconds, sinceSeconds) : seconds, runs }];
  });
}

const plural = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

/** "3 of 8 replicas": a machine that is somebody's own is not counted against the ceiling. */
export function ceilingWords({ replicas, ceiling }: Fleet): string {
  const open = replicas.filter(({ phase, isFixed }) => !isFixed && !isOver(phase));
  return `${open.length} of ${plural(ceiling.replicas, "replica", "replicas")}`;
}

/** What the sum an hour leaves out; empty where every price is known. */
export function unpricedWords({ replicas }: Pick<Fleet, "replicas">): string {
  const count = replicas.filter(
    ({ phase, machine }) => !isOver(phase) && machine.usdPerHour === "unpriced",
  ).length;
  return count === 0 ? "" : `without ${plural(count, "replica", "replicas")} of unknown price`;
}

/** Replicas an operator asked for on top; empty where there are none. */
export function extraWords(
  { extra }: Pick<PoolView, "extra">,
  clock: (iso: string) => string,
): readonly string[] {
  return extra.map(({ until }) =>
    until === null
      ? "One more was asked for, until the pool is resumed."
      : `One more was asked for, until ${clock(until)}.`,
  );
}

const plainWords = (value: unknown): string => {
  if (value === null || value === undefined) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value);
};

/** Inputs of a decision as rows; what lies deeper has a dotted name, lists count from 1. */
export function inputRows(inputs: object, path = ""): readonly (readonly [string, string])[] {
  return Object.entries(inputs).flatMap(([key, value]) => {
    const name = `${path}${Array.isArray(inputs) ? Number(key) + 1 : key}`;
    if (typeof value !== "object" || value === null) return [[name, plainWords(value)] as const];
    const items: unknown[] = Object.values(value);
    if (items.length === 0) return [[name, "none"] as const];
    const isList = Array.isArray(value) && items.every((item) => typeof item !== "object");
    return isList
      ? [[name, items.map(plainWords).join(", ")] as const]
      : inputRows(value, `${name}.`);
  });
}
