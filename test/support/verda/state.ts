import type { Clock } from "../../../src/lib/clock.ts";
import type { StubMachine } from "./catalogue.ts";
import type { Fault, FaultSchedule } from "./faults.ts";
import type { StubRun, StubRunner } from "./runner.ts";
import type { VerdaSwitches } from "./switches.ts";

export interface StubEnv {
  readonly type: string;
  readonly name: string;
  readonly value_or_reference_to_secret: string;
}

export interface StubContainer {
  readonly image: string;
  readonly env: readonly StubEnv[];
  readonly [key: string]: unknown;
}

export interface StubScaling {
  readonly min_replica_count: number;
  readonly max_replica_count: number;
  readonly [key: string]: unknown;
}

export interface StubReplica {
  readonly id: string;
  status: "initializing" | "imagepulling" | "unavailable" | "running" | "terminating" | "error";
  readonly startedAtMs: number;
  readonly run: StubRun;
  killTimer?: NodeJS.Timeout;
}

export interface StubDeployment {
  readonly name: string;
  isSpot: boolean;
  compute: { readonly name: string; readonly size: number };
  container: StubContainer;
  /** null: lost when it was made. */
  scaling: StubScaling | null;
  isPaused: boolean;
  isTerminating: boolean;
  readonly createdAtMs: number;
  readonly replicas: StubReplica[];
  /** Starts that are put off to a later turn. */
  isWaking: boolean;
}

/** A replica from its start to its end, as it is charged. */
export interface StubBillRow {
  readonly name: string;
  readonly replicaId: string;
  readonly startedAtMs: number;
  endedAtMs: number | null;
  readonly gpu: string;
  readonly size: number;
  readonly spot: boolean;
}

/** Things that can be wrong for as long as they are set. */
export interface StubTroubles {
  /** New replicas stay `unavailable`. */
  stuck: boolean;
  /** New replicas stay `imagepulling`. */
  pulling: boolean;
  /** New replicas end in `error`. */
  broken: boolean;
  /** A create loses its scaling. */
  scalingLost: boolean;
  /** Tokens that were handed out are no longer good. */
  tokensRefused: boolean;
}

export interface StubCall {
  readonly method: string;
  /** Below the API's address, without its query. */
  readonly path: string;
  readonly body: unknown;
  /** null: no answer was given. */
  status: number | null;
}

export interface StubOptions {
  readonly clock: Clock;
  readonly switches: VerdaSwitches;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly machines: readonly StubMachine[];
  readonly runner: StubRunner;
  /** From SIGTERM to SIGKILL. */
  readonly graceMs: number;
  /** From a start or a crash to the next replica. */
  readonly startMs: number;
  /** Does a delete that is not done when it answers. */
  readonly deferDelete: (end: () => void) => void;
  /** Told of a call that will get no answer, by its header `x-call`. */
  readonly onHang: (call: string | undefined) => void;
}

export interface StubState {
  readonly options: StubOptions;
  readonly deployments: Map<string, StubDeployment>;
  readonly secrets: Map<string, string>;
  /** Tokens with the time of their end. */
  readonly tokens: Map<string, number>;
  readonly bill: StubBillRow[];
  readonly calls: StubCall[];
  readonly troubles: StubTroubles;
  /** Replicas of a machine that may run at once, by `capacityKey`; absent: any number. */
  readonly capacity: Map<string, number>;
  /** Faults that were ordered for certain calls, in order. */
  readonly ordered: { method: string; path: RegExp; fault: Fault; times: number }[];
  schedule: FaultSchedule | null;
  /** Tokens are not to be had either. */
  isDown: boolean;
  isClosed: boolean;
  serial: number;
  changes: number;
  waiting: (() => void)[];
}

export const capacityKey = (gpu: string, size: number): string => `${gpu} x${size}`;

export function openState(options: StubOptions): StubState {
  const troubles = { stuck: false, pulling: false, broken: false, scalingLost: false };
  return {
    options,
    deployments: new Map(),
    secrets: new Map(),
    tokens: new Map(),
    bill: [],
    calls: [],
    troubles: { ...troubles, tokensRefused: false },
    capacity: new Map(
      options.machines
        .filter((machine) => !machine.isAvailable)
        .map((machine) => [capacityKey(machine.name, machine.size), 0]),
    ),
    ordered: [],
    schedule: null,
    isDown: false,
    isClosed: false,
    serial: 0,
    changes: 0,
    waiting: [],
  };
}

export function changed(state: StubState): void {
  state.changes += 1;
  const woken = state.waiting;
  state.waiting = [];
  for (const wake of woken) wake();
}

/** Resolves once something has changed since the count `seen`. */
export const changedSince = (state: StubState, seen: number): Promise<void> =>
  state.changes > seen ? Promise.resolve() : new Promise((resolve) => state.waiting.push(resolve));

export async function until(state: StubState, holds: () => boolean): Promise<void> {
  while (!holds()) await changedSince(state, state.changes);
}
