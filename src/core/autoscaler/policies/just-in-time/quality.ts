import type { Json } from "../../decision.ts";
import { type CalibrationState, coverage } from "../../forecast/calibration.ts";
import { type BucketQuality, buckets } from "../../forecast/quality.ts";

/** How good the forecasts in a stored memory were lately, by how far a document was; null: it makes none. */
export function predictionsIn(policyState: Json): readonly BucketQuality[] | null {
  if (typeof policyState !== "object" || policyState === null) return null;
  if (!("calibration" in policyState)) return null;
  const { calibration } = policyState;
  const isWhole =
    typeof calibration === "object" &&
    calibration !== null &&
    buckets.every((bucket) => bucket in calibration);
  return isWhole ? coverage(calibration as unknown as CalibrationState) : null;
}
