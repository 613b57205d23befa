import type { ErrorSpec } from "./spec.ts";

/** Failures of asking for failures, and for what explains a thing. */
export const failureErrors = {
  FAILURE_NOT_FOUND: {
    status: 404,
    retryable: false,
    title: "Nothing failed in this way lately.",
    next: "List what did: pilotlight failures ls --since 28d.",
  },
  DECISION_NOT_FOUND: {
    status: 404,
    retryable: false,
    title: "There is no such decision.",
    next: "List them: pilotlight fleet decisions.",
  },
} as const satisfies Record<string, ErrorSpec>;
