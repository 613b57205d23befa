import type { failureTabs } from "../../../src/contract/failures.ts";

/** Types alone cross from the contract. */
export type {
  FailureAttempt,
  FailureCount,
  FailureDetail,
  FailureGroupView,
  FailuresAnswer,
  GroupRetryAnswer,
} from "../../../src/contract/failures.ts";
export type FailureTab = (typeof failureTabs)[number];
