/** What a person, or `tune`, sets of the just-in-time policy. Plain data. */
export interface JustInTimeSettings {
  /**
   * What a second of a waiting document is worth, as a multiple of what a second of a text replica
   * costs (`w / c_T`). 4: a wait of one minute is worth four minutes of a text container.
   */
  readonly waitPrice: number;
  /**
   * Share of documents that should find a text replica ready when they need it, among those for which
   * a start at their upload would have been early enough, 0..1; null: money alone decides.
   */
  readonly goal: number | null;
  /**
   * With a goal: how many times the money may be spent on keeping idle replicas, and on starts, that the
   * reference's own scale-down delays would have cost on the same gaps; null: no bound.
   */
  readonly goalCostMax: number | null;
  /** What may be spent a day; null: no limit. Work that is ready runs all the same. */
  readonly microUsdPerDay: number | null;
  /**
   * How far a learned keep-alive may leave the break-even time, which is safe whatever comes: between
   * `robustness` and `1 / robustness` of it; 0..1. A fit costs at most `1 + 1 / robustness` times what a
   * clairvoyant would pay; nearer to 1 it is safer, and on most traffic dearer.
   */
  readonly robustness: number;
  /** Hold a replica through the hours of the week that are known to be busy. */
  readonly warmPool: boolean;
  /** Seed of the policy's own random numbers. */
  readonly seed: number;
  /** Documents that are sampled jointly, the first by expected need; the others enter as counts. */
  readonly jointDocumentsMax: number;
  /** A replica stays on for at least this long after it became ready. */
  readonly minOnMs: number;
  /** No start without ready work within this time after a stop. */
  readonly restPauseMs: number;
  /** Starts without ready work, per pool and hour. */
  readonly speculativeStartsPerHour: number;
  /** How long before the end of a paid quantum an idle replica is told to stop. */
  readonly quantumMarginMs: number;
}

export const justInTimeDefaults: JustInTimeSettings = {
  waitPrice: 4,
  goal: null,
  goalCostMax: 1.25,
  microUsdPerDay: null,
  robustness: 0.1,
  warmPool: true,
  seed: 1,
  jointDocumentsMax: 64,
  minOnMs: 45_000,
  restPauseMs: 30_000,
  speculativeStartsPerHour: 12,
  quantumMarginMs: 20_000,
};
