import type { PipelineSummary } from "../contract/documents.ts";
import { AppError } from "../errors/app-error.ts";
import { type ErrorCode, isDocumentError } from "../errors/codes.ts";
import { Interrupted, ReaderGone } from "./interrupt.ts";

/** What a script can rely on; `--help` tells the same table. */
export const exitCodes = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  /** A document failed or was refused, or a check failed. */
  failed: 3,
  notAllowed: 4,
  notFound: 5,
  unreachable: 6,
  /** Waited past `--timeout`; the work goes on. */
  timeout: 7,
  gaps: 8,
  /** The request makes no sense in the present state. */
  refused: 9,
} as const;

const byCode: Partial<Record<ErrorCode, number>> = {
  USAGE: exitCodes.usage,
  CONFIG_INVALID: exitCodes.usage,
  TRACE_INVALID: exitCodes.usage,
  SERVICE_TIMES_INVALID: exitCodes.usage,
  EVALUATION_SET_INVALID: exitCodes.usage,
  BAD_REQUEST: exitCodes.usage,
  UNAUTHORIZED: exitCodes.notAllowed,
  KEY_UNKNOWN: exitCodes.notAllowed,
  FORBIDDEN: exitCodes.notAllowed,
  SERVER_UNREACHABLE: exitCodes.unreachable,
  SERVER_OTHER_VERSION: exitCodes.unreachable,
  SHUTTING_DOWN: exitCodes.unreachable,
  DATABASE_UNAVAILABLE: exitCodes.unreachable,
  WAIT_TIMEOUT: exitCodes.timeout,
  IDEMPOTENCY_CONFLICT: exitCodes.refused,
  NOTHING_TO_RETRY: exitCodes.refused,
  NOTHING_TO_RERUN: exitCodes.refused,
  TASKS_UNDER_WAY: exitCodes.refused,
  PIPELINE_FINISHED: exitCodes.refused,
  REVIEW_TOO_EARLY: exitCodes.refused,
  REVIEW_OUTDATED: exitCodes.refused,
  REVIEW_NONE: exitCodes.refused,
  REVIEW_NOTHING_TO_EXPORT: exitCodes.refused,
  REVIEW_PATH_UNKNOWN: exitCodes.notFound,
  REVIEW_VALUE_INVALID: exitCodes.usage,
  BATCH_TOO_LARGE: exitCodes.refused,
  BATCH_CANCELLED: exitCodes.refused,
  BATCH_FINISHED: exitCodes.refused,
  FLEET_CEILING: exitCodes.refused,
  POLICY_INVALID: exitCodes.usage,
  POLICY_CHANGED: exitCodes.refused,
  PACK_INVALID: exitCodes.usage,
  PACK_CHANGED: exitCodes.refused,
  PACK_NO_ROLLBACK: exitCodes.refused,
  PROPOSAL_BREAKS_OBJECTIVE: exitCodes.refused,
  POOL_FULL: exitCodes.refused,
  REPLICA_FIXED: exitCodes.refused,
  STATIC_NOT_CONFIGURED: exitCodes.refused,
};

/** The exit code of anything thrown. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return error.exitCode;
  // As with every command whose last lines nobody read; 141 would fail scripts under `pipefail`.
  if (error instanceof ReaderGone) return exitCodes.ok;
  if (!(error instanceof AppError)) return exitCodes.unexpected;
  if (isDocumentError(error.code)) return exitCodes.failed;
  if (error.code.endsWith("_NOT_FOUND")) return exitCodes.notFound;
  return byCode[error.code] ?? exitCodes.unexpected;
}

/** How a file stands at the end of a command; `rejected`, `not_sent`: it never became a document. */
type EndState = PipelineSummary["state"] | "rejected" | "not_sent";

const codeOfState: Record<EndState, number> = {
  rejected: exitCodes.failed,
  not_sent: exitCodes.timeout,
  failed: exitCodes.failed,
  cancelled: exitCodes.failed,
  fetching: exitCodes.timeout,
  active: exitCodes.timeout,
  done_with_gaps: exitCodes.gaps,
  done: exitCodes.ok,
};

/** The gravest of several documents: failed, then not finished, then gaps. */
export function exitCodeOfStates(states: readonly EndState[]): number {
  const codes = states.map((state) => codeOfState[state]);
  const order = [exitCodes.failed, exitCodes.timeout, exitCodes.gaps];
  return order.find((code) => codes.includes(code)) ?? exitCodes.ok;
}
