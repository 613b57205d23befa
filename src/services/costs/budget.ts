import { dollars } from "../../core/cost/money.ts";
import type { cutView } from "./cut.ts";

export interface BudgetSettings {
  readonly budgetUsdPerMonth: number | null;
  readonly budgetNoticeShare: number;
}

const notice = "This is a notice only: nothing is stopped by it.";

/** How a month stands against its budget. */
export function budgetView(
  month: {
    readonly month: string;
    readonly toDate: {
      microUsd: number;
      estimatedMicroUsd: number;
      n: number;
      asOf: string;
      source: string;
    };
    readonly cut?: ReturnType<typeof cutView>;
  },
  { budgetUsdPerMonth, budgetNoticeShare: noticeShare }: BudgetSettings,
) {
  const { toDate: spent, cut = null } = month;
  const common = { month: month.month, spent, noticeShare, cut };
  if (budgetUsdPerMonth === null) {
    const sentence = "No budget is set: costs.budgetUsdPerMonth in the configuration sets one.";
    return { ...common, state: "none" as const, budgetMicroUsd: null, sentence };
  }
  const budgetMicroUsd = Math.round(budgetUsdPerMonth * 1e6);
  const of = `${dollars(spent.microUsd)} of this month's ${dollars(budgetMicroUsd)} are spent`;
  if (spent.microUsd >= budgetMicroUsd) {
    const sentence = `The budget is spent: ${of}. ${notice}`;
    return { ...common, state: "spent" as const, budgetMicroUsd, sentence };
  }
  if (spent.microUsd >= noticeShare * budgetMicroUsd) {
    const sentence = `The budget is nearly spent: ${of}. ${notice}`;
    return { ...common, state: "near" as const, budgetMicroUsd, sentence };
  }
  return { ...common, state: "under" as const, budgetMicroUsd, sentence: `${of}.` };
}
