import { readNewestCorrection } from "../db/reviews.ts";
import { readResults } from "../db/visual-results.ts";
import type { ServiceContext } from "./context.ts";

const healthcarePath = "extractions.healthcare";

/**
 * Results that a task builds on. Where a deck was read as no healthcare and a person has corrected that, the
 * person's word is handed on: otherwise no analysis that this decides about could ever be run.
 */
export async function upstreamOf(
  { sql }: Pick<ServiceContext, "sql">,
  pipelineId: number,
  tasks: readonly string[],
): Promise<Record<string, unknown>> {
  const rows = await readResults(sql, pipelineId, tasks);
  const results = Object.fromEntries(rows.map((row) => [row.task, row.result]));
  for (const [task, result] of Object.entries(results)) {
    if (!isNoHealthcare(result)) continue;
    const corrected = await readNewestCorrection(sql, pipelineId, healthcarePath);
    if (corrected === undefined || corrected === null) continue;
    const healthcare = { ...result.extractions.healthcare, value: corrected };
    results[task] = { ...result, extractions: { ...result.extractions, healthcare } };
  }
  return results;
}

interface NoHealthcare {
  readonly extractions: { readonly healthcare: { readonly value: object } };
}

function isNoHealthcare(result: unknown): result is NoHealthcare {
  const { extractions } = (result ?? {}) as { extractions?: unknown };
  const { healthcare } = (extractions ?? {}) as { healthcare?: unknown };
  const { value } = (healthcare ?? {}) as { value?: unknown };
  return (
    typeof value === "object" &&
    value !== null &&
    "is_healthcare" in value &&
    value.is_healthcare === false
  );
}
