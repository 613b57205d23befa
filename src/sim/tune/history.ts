/** What an installation recorded of its own work. Plain data. */
export interface History {
  readonly arrivals: readonly RecordedArrival[];
  readonly slides: readonly RecordedSlides[];
  readonly tasks: readonly RecordedTask[];
  readonly starts: readonly RecordedStart[];
}

export interface RecordedArrival {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** null: nobody counted them. */
  readonly pages: number | null;
}

/** The timed slides of one document. */
export interface RecordedSlides {
  readonly n: number;
  /** Mean, and sum of squared differences from it, of ln(seconds). */
  readonly meanLn: number;
  readonly squaresLn: number;
}

export interface RecordedTask {
  readonly task: string;
  readonly seconds: number;
  /** false: it did not apply, and its seconds say nothing. Absent: it did. */
  readonly applies?: boolean;
}

/** A start of a replica that came to its end. */
export interface RecordedStart {
  readonly pool: string;
  /** From its request to `ready`, or to its failure. */
  readonly seconds: number;
  readonly isReady: boolean;
  /** It was ready, and its machine failed later. */
  readonly isLost: boolean;
  readonly readyHours: number;
}
