/** One of the two settings that are compared; absent: as the installation has it. Seconds and US dollars. */
export interface OneSetting {
  policy?: string;
  keepVision?: number;
  keepText?: number;
  maxVision?: number;
  maxText?: number;
  coldVision?: number;
  coldText?: number;
  usdVision?: number;
  usdText?: number;
}

export interface WhatIfSearch {
  traffic?: "recorded";
  /** Decks a day. */
  decks?: number;
  /** Median of a deck's slides. */
  slides?: number;
  /** Days that are simulated. */
  days?: number;
  seed?: number;
  /** Replications, each with other chance. */
  runs?: number;
  /** Work and starts as assumed, although the installation knows its own. */
  figures?: "assumed";
  a?: OneSetting;
  b?: OneSetting;
}

type Bounds = readonly [least: number, most: number, isWhole: boolean];

/** What a simulation here can be asked; what lies outside is left out. */
export const bounds = {
  decks: [0.5, 5000, false],
  slides: [1, 300, true],
  days: [1, 365, true],
  seed: [1, 1_000_000, true],
  runs: [1, 20, true],
} as const satisfies Record<string, Bounds>;

export const settingBounds = {
  keepVision: [0, 86_400, false],
  keepText: [0, 86_400, false],
  maxVision: [1, 99, true],
  maxText: [1, 99, true],
  coldVision: [1, 3600, false],
  coldText: [1, 3600, false],
  usdVision: [0, 1000, false],
  usdText: [0, 1000, false],
} as const satisfies Record<string, Bounds>;

export function within([least, most, isWhole]: Bounds, value: unknown): number | undefined {
  const number =
    typeof value === "number" || typeof value === "string" ? Number(value) : Number.NaN;
  const fits = number >= least && number <= most && (!isWhole || Number.isInteger(number));
  return fits ? number : undefined;
}

function numbersIn<K extends string>(
  of: Readonly<Record<K, Bounds>>,
  raw: Record<string, unknown>,
): Partial<Record<K, number>> {
  const given: Partial<Record<K, number>> = {};
  for (const key of Object.keys(of) as K[]) {
    const value = raw[key] === "" ? undefined : within(of[key], raw[key]);
    if (value !== undefined) given[key] = value;
  }
  return given;
}

function settingIn(raw: unknown): OneSetting | undefined {
  if (typeof raw !== "object" || raw === null) return undefined;
  const given = raw as Record<string, unknown>;
  const policy = typeof given.policy === "string" ? given.policy.slice(0, 200) : "";
  const setting = {
    ...(policy === "" ? {} : { policy }),
    ...numbersIn(settingBounds, given),
  };
  return Object.keys(setting).length === 0 ? undefined : setting;
}

/** What is not understood is left out, never an error. */
export function whatIfSearch(raw: Record<string, unknown>): WhatIfSearch {
  const [a, b] = [settingIn(raw.a), settingIn(raw.b)];
  return {
    ...(raw.traffic === "recorded" ? { traffic: "recorded" } : {}),
    ...numbersIn(bounds, raw),
    ...(raw.figures === "assumed" ? { figures: "assumed" } : {}),
    ...(a === undefined ? {} : { a }),
    ...(b === undefined ? {} : { b }),
  };
}
