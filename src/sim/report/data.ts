/** Everything the page shows; plain data, so that it can be made anywhere and stored as JSON. */
export interface ReportData {
  readonly title: string;
  /** What was simulated, as pairs for people: `["Traffic", "1,109 documents in 21.6 days"]`. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly rows: readonly ReportRow[];
  readonly curves: readonly Curve[];
  readonly timelines: Timelines | null;
  readonly waits: readonly Waits[];
}

/** A share of documents with its 95 % interval, all 0..1; `share` null: of none. */
export interface ReportShare {
  readonly share: number | null;
  readonly low: number;
  readonly high: number;
}

export interface Hours {
  readonly busy: number;
  readonly cold: number;
  readonly idle: number;
}

/** One policy of the table. Figures are means over the seeds; shares are of all documents of all seeds. */
export interface ReportRow {
  readonly policy: string;
  readonly usdPerDocument: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Mean wait of a document's first text task. */
  readonly textWaitMs: number;
  readonly onTime: ReportShare;
  readonly within30s: ReportShare;
  readonly feasible: ReportShare;
  readonly hours: Hours;
}

/** Cost against delay of one policy, as one of its settings is moved. */
export interface Curve {
  readonly name: string;
  /** What is moved: `wait price`, `idle time`. */
  readonly setting: string;
  /** The one that was asked for leads the eye; others are thinner. */
  readonly isOurs: boolean;
  readonly points: readonly CurvePoint[];
}

export interface CurvePoint {
  /** The setting's value, for people: `4`, `300 s`. */
  readonly label: string;
  readonly usdPerDocument: number;
  /** Mean delay over the quickest a document could have been. */
  readonly delayMs: number;
}

/** Lives of replicas in one window of the trace, the same for all policies. */
export interface Timelines {
  readonly fromMs: number;
  readonly untilMs: number;
  /** How the window was chosen, as a clause. */
  readonly why: string;
  readonly arrivalsMs: readonly number[];
  readonly policies: readonly Timeline[];
}

export interface Timeline {
  readonly policy: string;
  /** `vision-1`, `vision-2`, `text-1`: every replica that was on in the window. */
  readonly lanes: readonly Lane[];
}

export interface Lane {
  readonly replica: string;
  readonly lives: readonly LaneLife[];
}

export interface LaneLife {
  readonly fromMs: number;
  /** From here on it was ready; null: it never was. */
  readonly readyMs: number | null;
  readonly untilMs: number;
  /** Share of its ready time in which it worked, 0..1. */
  readonly busy: number;
}

/** How long the documents of one policy waited, by `waitEdgesMs`. */
export interface Waits {
  readonly policy: string;
  /** Shares of documents, 0..1, one more than there are edges. */
  readonly text: readonly number[];
  readonly all: readonly number[];
}

/** Upper edges of the bars; the last bar has none. */
export const waitEdgesMs: readonly number[] = [
  1_000, 10_000, 30_000, 60_000, 120_000, 180_000, 300_000, 600_000, 900_000,
];

/** Which bar a wait belongs to. */
export function waitBin(ms: number): number {
  const bin = waitEdgesMs.findIndex((edgeMs) => ms < edgeMs);
  return bin < 0 ? waitEdgesMs.length : bin;
}
