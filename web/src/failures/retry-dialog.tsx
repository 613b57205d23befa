import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { postJson, problemOf } from "../api/client.ts";
import { documentsWords } from "../lib/format.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { Skeleton } from "../ui/panel.tsx";
import { failuresUrl } from "./queries.ts";
import type { FailureGroupView, GroupRetryAnswer } from "./types.ts";
import { paceWords, previewWords } from "./words.ts";

interface Run {
  readonly opened: number;
  readonly isOver: boolean;
  readonly error: unknown;
}

/** Steps of a retry, one after the other with their pause, until none is left or the dialog is closed. */
function useSteps(url: string) {
  const client = useQueryClient();
  const [run, setRun] = useState<Run | null>(null);
  const ending = useRef(new AbortController());
  useEffect(() => {
    const own = ending.current;
    return () => own.abort();
  }, []);
  const start = async ({ asOf, stepSeconds }: GroupRetryAnswer): Promise<void> => {
    const { signal } = ending.current;
    let opened = 0;
    setRun({ opened, isOver: false, error: null });
    try {
      for (let left = 1; left > 0; ) {
        if (opened > 0) await pause(stepSeconds * 1000, signal);
        if (signal.aborted) return;
        const step = await postJson<GroupRetryAnswer>(url, { asOf });
        opened += step.documents.length;
        left = step.left;
        setRun({ opened, isOver: left === 0, error: null });
        void client.invalidateQueries({ queryKey: ["failures"] });
      }
    } catch (error) {
      setRun({ opened, isOver: true, error });
    }
  };
  return { run, start };
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = window.setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      window.clearTimeout(timer);
      resolve();
    });
  });

/** Says what a retry of the whole group comes to before it is pressed, and opens it in steps. */
export function RetryDialog({ group, onClose }: { group: FailureGroupView; onClose: () => void }) {
  const url = `${failuresUrl}/${group.fingerprint}/retry`;
  const preview = useQuery({
    queryKey: ["failure retry", group.fingerprint],
    queryFn: () => postJson<GroupRetryAnswer>(url, { dryRun: true }),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const { run, start } = useSteps(url);
  const { data } = preview;
  const error = run?.error ?? preview.error;
  const isRunning = run !== null && !run.isOver;
  return (
    <Dialog title="Retry this group" onClose={onClose}>
      <div className="min-h-24 space-y-1.5 text-[13px] text-ink-2" aria-live="polite">
        {preview.isPending && <Skeleton className="h-20" />}
        {data !== undefined && run === null && <Preview preview={data} />}
        {run !== null && <Progress run={run} total={data?.documents.length ?? run.opened} />}
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
            Retry {data === undefined ? "" : documentsWords(data.documents.length)}
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
      {preview.left > 0 && <p>{documentsWords(preview.left)} more were not looked at.</p>}
    </>
  );
}

function Progress({ run: { opened, isOver, error }, total }: { run: Run; total: number }) {
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
        {!isOver && "Closing this stops the steps that are left."}
      </p>
    </>
  );
}
