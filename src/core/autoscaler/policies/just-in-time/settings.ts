/** What a person, or `tune`, sets of the just-in-time policy. Plain data. */
export interface JustInTimeSettings {
  /**
   * What a second of a waiting document is worth, as a multiple of what a second of a text replica
   * costs (`w / c_T`). 4: a wait of one minute is worth four minutes of a text container.
   */
  readonly waitPrice: number;
  /** Share of documents that should find a text replica ready when they need it, 0..1; null: money alone decides. */
  readonly goal: number | null;
  /** What may be spent a day; null: no limit. Work that is ready runs all the same. */
  readonly microUsdPerDay: number | null;
  /** How far a learned keep-alive may leave the break-even time, which is safe whatever comes: between `robustness` and `1 / robustness` of it; 0..1. */
  readonly robustness: number;
  /** Hold a replica through the hours of the week that are known to be busy. */
  readonly warmPool: boolean;
  /** Seed of the policy's own random numbers. */
  readonly seed: number;
}

export const justInTimeDefaults: JustInTimeSettings = {
  waitPrice: 4,
  goal: null,
  microUsdPerDay: null,
  robustness: 1 / 3,
  warmPool: true,
  seed: 1,
};
