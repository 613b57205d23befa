import { problemOf } from "../api/client.ts";
import type { OrderAnswer } from "../api/types.ts";
import { ProblemNotice } from "../ui/notice.tsx";

/** What became of the last order. The line is there before it has words, so that it is read aloud. */
export function OrderResult({
  answer,
  error,
}: {
  answer: OrderAnswer | undefined;
  error: unknown;
}) {
  return (
    <>
      <p role="status" className="text-[13px] text-ink-2 not-empty:mt-2">
        {answer?.sentence}
      </p>
      {error !== null && (
        <div className="mt-2">
          <ProblemNotice problem={problemOf(error)} />
        </div>
      )}
    </>
  );
}
