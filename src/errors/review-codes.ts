import type { ErrorSpec } from "./spec.ts";

/** Failures of saying something of a value that was read. */
export const reviewErrors = {
  REVIEW_TOO_EARLY: {
    status: 409,
    retryable: false,
    title: "Its results can be reviewed once the pipeline has ended.",
    next: "Wait for it: pilotlight watch.",
  },
  REVIEW_OUTDATED: {
    status: 409,
    retryable: false,
    title: "The document was read again since it was looked at.",
    next: "Look again: pilotlight review ID.",
  },
  REVIEW_NOTHING_TO_EXPORT: {
    status: 409,
    retryable: false,
    title: "No field of any finished document was verified or corrected.",
    next: "Review some first: pilotlight review verify ID PATH.",
  },
  REVIEW_NONE: {
    status: 409,
    retryable: false,
    title: "There is no review here that could be taken back.",
    next: "List them: pilotlight review ID.",
  },
  REVIEW_PATH_UNKNOWN: {
    status: 404,
    retryable: false,
    title: "The results have nothing at this path.",
    next: "List the paths: pilotlight review ID --all.",
  },
  REVIEW_VALUE_INVALID: {
    status: 422,
    retryable: false,
    title: "The value does not fit what is corrected.",
    next: "See docs/how-to/review-results.md for the form of each type.",
  },
} as const satisfies Record<string, ErrorSpec>;
