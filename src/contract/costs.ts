import { z } from "zod";
import { instant } from "./common.ts";

/** Millionths of a US dollar. */
const microUsd = z.int();
const day = z.iso.date();

/** What one row of the table is. */
export const costGroupings = ["day", "hour", "pool", "phase", "model", "document"] as const;
export type CostGrouping = (typeof costGroupings)[number];

/** `GET /api/costs?from=2026-10-01&to=2026-10-31&by=pool`: days are UTC, `to` is counted in. Default: this month so far. */
export const costsQuery = z.object({
  from: day.optional(),
  to: day.optional(),
  by: z.enum(costGroupings).default("day"),
  /** Another server's price a month in dollars, to compare with; absent: the configured one. */
  baseline: z.coerce.number().min(0).max(10_000_000).optional(),
  /** `csv` is the same as `Accept: text/csv`, for a plain link. */
  format: z.enum(["json", "csv"]).optional(),
});
export type CostsQuery = z.infer<typeof costsQuery>;

/** A number with where it comes from: `n` runs, decks or days stand behind it. */
const sourced = z.object({ asOf: instant, n: z.int(), source: z.string() });
export const costFigure = sourced
  .extend({
    microUsd,
    /** Of it: runs whose provider has not shown yet since when it charges, counted from when their container came. */
    estimatedMicroUsd: microUsd,
  })
  .meta({ id: "CostFigure" });
export type CostFigure = z.infer<typeof costFigure>;

/** Paid time by what it was good for: money, and the seconds that hold for machines without a price too. */
const split = z.object({
  busy: z.number(),
  coldStart: z.number(),
  idle: z.number(),
  wasted: z.number(),
  total: z.number(),
});
export const costSplit = z
  .object({
    microUsd: split,
    seconds: split,
    /** Of the total: as in `CostFigure`. */
    estimatedMicroUsd: microUsd,
  })
  .meta({ id: "CostSplit" });
export type CostSplit = z.infer<typeof costSplit>;

export const costRow = z
  .object({
    /** Of the group: `2026-10-03`, `14`, `vision`, a document's id. */
    key: z.string(),
    name: z.string(),
    /** Runs that stand behind it. */
    n: z.int(),
    split: costSplit,
  })
  .meta({ id: "CostRow" });
export type CostRow = z.infer<typeof costRow>;

/** Percentiles over decks that ended in the time; below 20 they are few samples. */
const spread = sourced
  .extend({ p50MicroUsd: microUsd, p90MicroUsd: microUsd, few: z.boolean() })
  .meta({ id: "CostSpread" });

const documentLine = z.object({
  id: z.string(),
  name: z.string(),
  pages: z.int().nullable(),
  busyMicroUsd: microUsd,
  /** Failed attempts of this document. */
  wastedMicroUsd: microUsd,
  /** Its part of cold starts and idle time. */
  sharedMicroUsd: microUsd,
  totalMicroUsd: microUsd,
  /** Of the total: as in `CostFigure`. */
  estimatedMicroUsd: microUsd,
});

/** What a limit has left out: older runs. null: nothing. */
const cut = z.object({ runs: z.int(), since: instant, sentence: z.string() }).nullable();

/** What a machine costs, and who said so. */
const priceLine = z.object({
  provider: z.string(),
  pool: z.string(),
  gpu: z.string().nullable(),
  region: z.string().nullable(),
  spot: z.boolean(),
  /** null: nobody charges; `unpriced`: it costs, and nobody says what. */
  microUsdPerHour: z.union([z.int(), z.literal("unpriced")]).nullable(),
  /** Paid in whole pieces of this; 0: to the millisecond. */
  quantumSeconds: z.number(),
  /** The first and the last run that was placed at this price. */
  since: instant,
  until: instant,
  runs: z.int(),
});

export const budgetStates = ["none", "under", "near", "spent"] as const;
/** `GET /api/costs/budget`: the month's money against its budget. A notice: nothing is stopped by it. */
export const costBudget = z
  .object({
    state: z.enum(budgetStates),
    month: z.string(),
    spent: costFigure,
    budgetMicroUsd: microUsd.nullable(),
    noticeShare: z.number(),
    sentence: z.string(),
    cut,
  })
  .meta({ id: "CostBudget" });
export type CostBudget = z.infer<typeof costBudget>;

export const costs = z
  .object({
    asOf: instant,
    from: day,
    to: day,
    by: z.enum(costGroupings),
    timezone: z.literal("UTC"),
    /** The time goes on: figures still grow. */
    isOpen: z.boolean(),
    cut,
    /** Whether what ran in the time has a price: all, nothing, or a part; `idle`: nothing ran. */
    charging: z.enum(["charged", "free", "unpriced", "part", "idle"]),
    total: costFigure,
    split: costSplit,
    /** One a day of the time, also where nothing ran. */
    days: z.array(costRow),
    rows: z.array(costRow),
    /** Of the month that holds `to`. */
    month: z.object({
      month: z.string(),
      toDate: costFigure,
      /** 0..1 of the month that has passed. */
      passed: z.number(),
      projected: sourced
        .extend({ lowMicroUsd: microUsd, midMicroUsd: microUsd, highMicroUsd: microUsd })
        .nullable(),
      /** How it is projected, or why it is not. */
      method: z.string(),
      byDay: z.array(z.object({ day, microUsd })),
    }),
    baseline: z.object({
      microUsdPerMonth: microUsd,
      /** Counted from the first run on, where that lies within the month. */
      since: instant,
      /** What the server would have cost since then, pro rata. */
      soFarMicroUsd: microUsd,
      savedSoFarMicroUsd: microUsd,
      savedAtEnd: z.object({ lowMicroUsd: microUsd, highMicroUsd: microUsd }).nullable(),
    }),
    perDeck: spread.nullable(),
    perSlide: spread.nullable(),
    breakEven: z
      .object({
        microUsdPerDeck: microUsd,
        decks: z.int(),
        decksInTime: z.int(),
        sentence: z.string(),
      })
      .nullable(),
    budget: costBudget,
    prices: z.array(priceLine),
    priceNote: z.string(),
    documents: z.object({
      n: z.int(),
      /** The dearest of your own workspace. */
      largest: z.array(documentLine),
      /** Your own that are not among them, and those of other workspaces. */
      restMicroUsd: microUsd,
      restN: z.int(),
      othersMicroUsd: microUsd,
      othersN: z.int(),
      /** The rule by which cold starts and idle time go to documents. */
      rule: z.string(),
    }),
    sum: z.object({
      documentsMicroUsd: microUsd,
      unallocatedMicroUsd: microUsd,
      totalMicroUsd: microUsd,
      /** The same total, by who says that it is paid. */
      billedMicroUsd: microUsd,
      estimatedMicroUsd: microUsd,
      /** `documents + unallocated = total`, to the millionth. */
      matches: z.boolean(),
    }),
    /** Time that no price is known for: nobody charges, or nobody says. */
    unchargedSeconds: z.number(),
    unpricedSeconds: z.number(),
  })
  .meta({ id: "Costs" });
export type Costs = z.infer<typeof costs>;
