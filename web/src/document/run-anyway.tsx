import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { documentUrl, postJson, problemOf } from "../api/client.ts";
import type { DocumentResults, DocumentReviews, ReopenAnswer } from "../api/types.ts";
import { durationWords } from "../lib/format.ts";
import { microUsdWords } from "../lib/money.ts";
import { Button } from "../ui/button.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { reviewerName } from "./use-review.ts";

const path = "extractions.healthcare";

/** Whether it was the reading of Healthcare that kept the specialised analyses from being run. */
export const isHealthcareWhy = ({ complete, results }: DocumentResults): boolean =>
  complete &&
  results.extractions_and_template?.extractions.healthcare.value?.is_healthcare === false;

/** " (about 1 s, $0.0042)"; what cannot be told yet is left out. */
function priceWords({ seconds, microUsd }: ReopenAnswer): string {
  const parts = [
    ...(seconds === null ? [] : [durationWords(seconds)]),
    ...(microUsd === null || microUsd === 0 ? [] : [microUsdWords(microUsd)]),
  ];
  return parts.length === 0 ? "" : ` (about ${parts.join(", ")})`;
}

/**
 * An analysis that the reading of Healthcare decided against is run all the same: that reading is corrected, under
 * the reviewer's name, and the analysis done again. What it takes is the server's own estimate.
 */
export function RunAnyway({ all, task }: { all: DocumentResults; task: string }) {
  const client = useQueryClient();
  const url = documentUrl(all.document);
  const plan = useQuery({
    queryKey: ["reopen plan", all.document, all.generation, task],
    queryFn: () => postJson<ReopenAnswer>(`${url}/rerun`, { from: task, dryRun: true }),
    retry: false,
  });
  const run = useMutation({
    mutationFn: async () => {
      const by = reviewerName().trim();
      await postJson<DocumentReviews>(`${url}/reviews`, {
        ...{ path, verdict: "corrected", value: { is_healthcare: true, sector: null } },
        ...{ note: "Run anyway", generation: all.generation },
        ...(by === "" ? {} : { by }),
      });
      return postJson<ReopenAnswer>(`${url}/rerun`, { from: task });
    },
    onSettled: () => client.invalidateQueries(),
  });
  const error = run.error ?? plan.error;
  return (
    <div className="mx-auto max-w-prose space-y-2 px-4 pb-6 text-center text-[13px] text-ink-2">
      {plan.data !== undefined && <p>{plan.data.sentence}</p>}
      <p>Healthcare is then corrected to Yes, as your review; take it back under Extractions.</p>
      <Button disabled={!plan.data || run.isPending || run.isSuccess} onClick={() => run.mutate()}>
        Run anyway{plan.data !== undefined && priceWords(plan.data)}
      </Button>
      {error !== null && <ProblemNotice problem={problemOf(error)} />}
    </div>
  );
}
