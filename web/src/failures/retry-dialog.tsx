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
  const start = async ({ asOf }: GroupRetryAnswer): Promise<void> => {
    const { signal } = ending.current;
    const wait = (seconds: number) => pause(seconds * 1000, signal);
    let opened = 0;
    setRun({ opened, isOver: false, error: null });
    try {
      while (!signal.aborted) {
        const step = await patiently(() => postJson<GroupRetryAnswer>(url, { asOf }), wait);
        opened += step.documents.length;
        setRun({ opened, isOver: step.left === 0, error: null });
        void client.invalidateQueries({ queryKey: ["failures"] });
        if (step.left === 0) return;
        await wait(step.stepSeconds);
      }
    } catch (error) {
      if (!signal.aborted) setRun({ opened, isOver: true, error });
    }
  };
  return { run, start };
}

/** A server that is being started anew comes back: what is under way goes on after it. */
async function patiently<T>(ask: () => Promise<T>, wait: (s: number) => Promise<void>): Promise<T> {
  for (let left = 6; ; left -= 1) {
    try {
      return await ask();
    } catch (error) {
      if (left === 0 || !problemOf(error).retryable) throw error;
      await wait(10);
    }
  }
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
        {run !== null && (
          <Progress
            run={run}
            total={data === undefined ? run.opened : data.documents.length + data.left}
          />
        )}
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
            Retry {data === undefined ? "" : documentsWords(data.documents.length + data.left)}
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
        {!isOver &&
          "This page opens them: closing this, or leaving the page, stops the steps that are left."}
      </p>
    </>
  );
}
