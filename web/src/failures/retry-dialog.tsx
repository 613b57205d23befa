import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { postJson, problemOf } from "../api/client.ts";
import { documentsWords } from "../lib/format.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { Skeleton } from "../ui/panel.tsx";
import { failuresUrl } from "./queries.ts";
import { countOf, openInSteps, type Run } from "./retry-steps.ts";
import type { FailureGroupView, GroupRetryAnswer } from "./types.ts";
import { paceWords, previewWords } from "./words.ts";

/** The steps of a retry, until none is left or the dialog is closed. */
function useSteps(url: string) {
  const client = useQueryClient();
  const [run, setRun] = useState<Run | null>(null);
  const ending = useRef<AbortController | null>(null);
  useEffect(() => () => ending.current?.abort(), []);
  const start = (preview: GroupRetryAnswer): Promise<void> => {
    ending.current = new AbortController();
    const { asOf } = preview;
    const ask = () => postJson<GroupRetryAnswer>(url, { asOf });
    return openInSteps(preview, ask, ending.current.signal, (next) => {
      setRun(next);
      if (next.opened > 0) void client.invalidateQueries({ queryKey: ["failures"] });
    });
  };
  return { run, start };
}

/** Says what a retry of the whole group comes to before it is pressed, and opens it in steps. */
export function RetryDialog({ group, onClose }: { group: FailureGroupView; onClose: () => void }) {
  const url = `${failuresUrl}/${group.fingerprint}/retry`;
  const { run, start } = useSteps(url);
  const preview = useQuery({
    queryKey: ["failure retry", group.fingerprint],
    queryFn: () => postJson<GroupRetryAnswer>(url, { dryRun: true }),
    // What was opened is not to be retried any more: asked again, the server would say so.
    enabled: run === null,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const { data } = preview;
  const error = run === null ? preview.error : run.error;
  const isRunning = run !== null && !run.isOver;
  return (
    <Dialog title="Retry this group" onClose={onClose}>
      <div className="min-h-24 space-y-1.5 text-[13px] text-ink-2" aria-live="polite">
        {run === null && preview.isPending && <Skeleton className="h-20" />}
        {data !== undefined && run === null && <Preview preview={data} />}
        {run !== null && <Progress run={run} />}
        {error !== null && error !== undefined && <ProblemNotice problem={problemOf(error)} />}
      </div>
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={onClose}>{isRunning ? "Stop after this step" : "Close"}</Button>
        {run === null && (
          <Button
            kind="primary"
            disabled={data === undefined}
            onClick={() => data !== undefined && void start(data)}
          >
            Retry {data === undefined ? "" : documentsWords(countOf(data))}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

function Preview({ preview }: { preview: GroupRetryAnswer }) {
  return (
    <>
      <p className="font-medium text-ink">{previewWords(preview)}</p>
      <p>What these documents have finished is kept.</p>
      <p>{paceWords(preview)}</p>
      <p>{preview.costNote}</p>
      {preview.left > 0 && (
        <p>
          {documentsWords(preview.left)} more are tried again after these: what they take is not in
          these figures.
        </p>
      )}
      <p>All of the last 28 days that are still given up are tried again.</p>
    </>
  );
}

function Progress({ run: { opened, total, isOver, error } }: { run: Run }) {
  return (
    <>
      <progress
        value={opened}
        max={Math.max(1, total)}
        aria-label="Documents opened again"
        className="w-full"
      />
      <p>
        {opened} of {documentsWords(total)} opened again.{" "}
        {isOver && error === null && "They are worked on like any other now."}
        {!isOver &&
          "This page opens them: closing this, or leaving the page, stops the steps that are left."}
      </p>
    </>
  );
}
