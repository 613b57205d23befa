import type { EngineRef } from "../../contract/common.ts";
import type { Extractions } from "../../contract/results.ts";
import type { TaskPack } from "../../contract/worker-protocol.ts";
import { calibrated } from "../../core/calibration/curve.ts";

/**
 * Confidences as they have been measured for this engine and model, where the pack knows: 0.8 then means
 * that four of five such answers were right. Without a measurement they stay as the engine says them.
 */
export function withCalibration(
  found: Extractions,
  pack: Pick<TaskPack, "calibration">,
  { name, model }: EngineRef,
): Extractions {
  const known = pack.calibration?.find((one) => one.engine === name && one.model === model);
  if (known === undefined) return found;
  const fields = Object.entries(found).map(([key, field]) => {
    const curve = known.fields[key]?.[field.value === null ? "none" : "given"];
    if (curve === undefined) return [key, field];
    return [key, { ...field, confidence: rounded(calibrated(curve, field.confidence)) }];
  });
  return Object.fromEntries(fields) as Extractions;
}

/** More digits would claim more than any measurement tells. */
const rounded = (confidence: number): number => Math.round(confidence * 100) / 100;
