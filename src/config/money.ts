import { z } from "zod";

const note = <T extends z.ZodType>(schema: T, description: string): T =>
  schema.meta({ description });

const usd = z.number("must be dollars").min(0, "must be at least 0").max(10_000_000);
const share = z
  .number("must be a share")
  .gt(0, "must be above 0")
  .lt(1, "must be below 1: a promise of everything has no budget");
const seconds = z.number("must be seconds").gt(0, "must be above 0").max(86_400);

/** What money is held against. Nothing here stops anything: it is shown. */
export const costsSchema = z.strictObject({
  baselineUsdPerMonth: note(
    usd,
    "What the server costs a month that on-demand containers are compared with.",
  ),
  budgetUsdPerMonth: note(
    usd.nullable(),
    "What a calendar month (UTC) may cost; the pages say when it is nearly or wholly spent. Nothing is stopped by it. null: no budget.",
  ),
  budgetNoticeShare: note(share, "The share of the budget from which on a notice is shown."),
  serverNextBillOn: note(
    z
      .string("must be a day such as 2026-12-01")
      .regex(/^\d{4}-\d{2}-\d{2}$/, "must be a day such as 2026-12-01")
      .refine((day) => !Number.isNaN(Date.parse(day)), "must be a day that exists")
      .nullable(),
    "The day on which the old server is charged for next: the rollout page counts from it. null: not said.",
  ),
});

export const costsDefaults = {
  baselineUsdPerMonth: 800,
  budgetUsdPerMonth: null,
  budgetNoticeShare: 0.8,
  serverNextBillOn: null,
} as const satisfies z.input<typeof costsSchema>;

/** Promises as data: a limit, and the share of cases that must keep it over 28 days. */
export const slosSchema = z.strictObject({
  firstResultSeconds: note(
    seconds,
    "From upload to the first slide's result, where a vision container was ready.",
  ),
  firstResultShare: note(share, "Share of decks whose first result comes in time."),
  doneSeconds: note(
    seconds,
    "From upload to the end, for decks of at most `doneSlidesMax` slides.",
  ),
  doneSlidesMax: note(z.int("must be a whole number").min(1).max(10_000), "See `doneSeconds`."),
  doneShare: note(share, "Share of such decks that are done in time."),
  handoffSeconds: note(
    seconds,
    "From the moment visual results are complete until text work begins on them.",
  ),
  handoffShare: note(share, "Share of handoffs that are as fast."),
  prewarmShare: note(
    share,
    "Share of decks that found a text container ready, where that was possible.",
  ),
  unattendedShare: note(share, "Share of decks that end well without a person's help."),
  progressAgeSeconds: note(seconds, "How old the progress on a screen may be."),
  progressAgeShare: note(share, "Share of the time in which it is as young."),
  usdPerDeck: note(usd.nullable(), "What a deck may cost; null: measured, without a target."),
  usdPerDeckShare: note(share, "Share of decks that cost no more."),
});

export const slosDefaults = {
  firstResultSeconds: 60,
  firstResultShare: 0.95,
  doneSeconds: 360,
  doneSlidesMax: 25,
  doneShare: 0.95,
  handoffSeconds: 10,
  handoffShare: 0.95,
  prewarmShare: 0.9,
  unattendedShare: 0.99,
  progressAgeSeconds: 5,
  progressAgeShare: 0.99,
  usdPerDeck: null,
  usdPerDeckShare: 0.9,
} as const satisfies z.input<typeof slosSchema>;
