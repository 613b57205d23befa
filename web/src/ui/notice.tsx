import { CircleAlert, RefreshCw } from "lucide-react";
import type { ReactNode } from "react";
import { problemOf } from "../api/client.ts";
import type { Problem } from "../api/types.ts";
import { agoWords } from "../lib/format.ts";
import { toServerMs } from "../lib/now.ts";
import { useNow } from "../lib/use-now.ts";
import { OtherKey } from "../session/other-key.tsx";
import { Button } from "./button.tsx";
import { CopyButton } from "./copy-button.tsx";

/** Refused, or not in this workspace: with another key it may be had. */
const ofKey: readonly string[] = ["FORBIDDEN", "DOCUMENT_NOT_FOUND", "BATCH_NOT_FOUND"];

/** A refusal: sentence, next step, code. Never a stack. */
export function ProblemNotice({
  problem,
  children,
}: {
  problem: Pick<Problem, "title" | "next" | "code" | "requestId"> & {
    detail?: string | null | undefined;
  };
  children?: ReactNode;
}) {
  return (
    <div role="alert" className="flex gap-2.5 rounded-lg border border-line bg-bad-soft p-3">
      <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-bad" />
      <div className="min-w-0 grow">
        <p className="font-medium text-ink">{problem.title}</p>
        {problem.detail != null && <p className="break-words text-ink-2">{problem.detail}</p>}
        <p className="text-ink-2">{problem.next}</p>
        <p className="mt-1 font-mono text-xs text-ink-2">
          {problem.code}
          {problem.requestId !== undefined && ` · request ${problem.requestId}`}
          {problem.requestId !== undefined && (
            <CopyButton text={problem.requestId} what="the request id" />
          )}
        </p>
        {ofKey.includes(problem.code) && <OtherKey />}
        {children !== undefined && <div className="mt-2">{children}</div>}
      </div>
    </div>
  );
}

/** A whole panel that could not be loaded. */
export function LoadFailed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <ProblemNotice problem={problemOf(error)}>
      <Button onClick={onRetry}>
        <RefreshCw aria-hidden="true" className="size-3.5" /> Try again
      </Button>
    </ProblemNotice>
  );
}

/** Over the last good data when it could not be renewed. */
export function StaleStrip({
  error,
  updatedAtMs,
  onRetry,
}: {
  error: unknown;
  /** By the browser's clock, as queries tell it. */
  updatedAtMs: number;
  onRetry: () => void;
}) {
  const nowMs = useNow();
  const problem = problemOf(error);
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-x-2 gap-y-1 rounded-md bg-warn-soft px-3 py-1.5 text-[13px] text-warn"
    >
      <CircleAlert aria-hidden="true" className="size-4 shrink-0" />
      <span className="grow">
        {problem.title} This is as it was{" "}
        {agoWords(new Date(toServerMs(updatedAtMs)).toISOString(), nowMs)}.
      </span>
      <button type="button" onClick={onRetry} className="min-h-6 font-medium underline">
        Try again
      </button>
    </div>
  );
}
