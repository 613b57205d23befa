import type { Outcome } from "../contract/worker-protocol.ts";

/**
 * The outcome as it can be sent. A result that cannot be written as JSON (nested without end, or in a
 * circle) would fail every request it is in, and hold up all that is settled with it: it ends its own task.
 */
export function sendable(outcome: Outcome | null): Outcome | null {
  try {
    JSON.stringify(outcome);
    return outcome;
  } catch {
    const detail = "It could not be written as JSON.";
    return { kind: "failed", code: "MODEL_OUTPUT_INVALID", detail };
  }
}
