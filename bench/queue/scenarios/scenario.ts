import type { BenchServer } from "../server.ts";
import { runBacklog } from "./backlog.ts";
import { runSnapshot } from "./snapshot.ts";
import { runSoak } from "./soak.ts";

export interface ScenarioOptions {
  /** Pipelines a second; null: half of the peak that is measured first. */
  readonly rate: number | null;
  /** Of each measurement at a fixed rate. */
  readonly seconds: number;
  readonly peakSeconds: number;
  /** Of a long run at a fixed rate; null: as the scenario has it. */
  readonly minutes: number | null;
  readonly backlog: readonly number[];
  readonly history: readonly number[];
  readonly say: (line: string) => void;
}

type Scenario = (server: BenchServer, options: ScenarioOptions) => Promise<object>;

/** What one queue does in hard conditions; no others take part. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  backlog: runBacklog,
  snapshot: runSnapshot,
  soak: runSoak,
};
