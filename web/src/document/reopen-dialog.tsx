import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useId, useState } from "react";
import { documentUrl, postJson, problemOf } from "../api/client.ts";
import type { DocumentSummary, ReopenAnswer } from "../api/types.ts";
import { rangesWords } from "../lib/format.ts";
import { taskWords } from "../lib/words.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { Skeleton } from "../ui/panel.tsx";
import {
  type Asked,
  askedFor,
  type Choice,
  canRetry,
  gapsOf,
  sharedLayers,
  slidesIn,
} from "./reopen-scope.ts";
import { reviewerName } from "./use-review.ts";

/** The server's own dry run of what is chosen. */
function usePlan(document: DocumentSummary, asked: Asked | null) {
  return useQuery({
    queryKey: ["reopen plan", document.id, document.pipeline.progress.seq, asked],
    queryFn: () =>
      postJson<ReopenAnswer>(`${documentUrl(document.id)}/${asked?.kind}`, {
        ...asked?.body,
        dryRun: true,
      }),
    enabled: asked !== null,
    retry: false,
  });
}

/** Whoever is known from reviews is named in the activity. */
function reviewer(): { readonly by?: string } {
  const by = reviewerName().trim();
  return by === "" ? {} : { by };
}

const noScope = { stage: "", slides: null };

/** Says what runs, what stays, how long and how much before it is pressed. */
export function ReopenDialog({
  document,
  start,
  onClose,
}: {
  document: DocumentSummary;
  /** What is chosen to begin with. */
  start: Choice;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const gaps = gapsOf(document);
  const [choice, setChoice] = useState<Choice>(start);
  const [stage, setStage] = useState(document.pipeline.progress.tasks[0]?.task ?? "");
  const [slideText, setSlideText] = useState(gaps.join(", "));
  const asked = askedFor(choice, { stage, slides: slidesIn(slideText, document.pages) });
  const plan = usePlan(document, asked);
  // Offered where it can be done: its own dry run says so.
  const skipping = usePlan(document, canRetry(document) ? askedFor("skip", noScope) : null);
  const reopen = useMutation({
    mutationFn: (now: Asked) =>
      postJson<ReopenAnswer>(`${documentUrl(document.id)}/${now.kind}`, {
        ...now.body,
        ...reviewer(),
      }),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries();
    },
  });
  const error = reopen.error ?? plan.error;
  return (
    <Dialog
      title={start === "failed" ? "Retry this document" : "Do this document again"}
      onClose={onClose}
    >
      <fieldset className="space-y-1">
        <legend className="sr-only">What is done again</legend>
        {canRetry(document) && (
          <Option choice="failed" chosen={choice} onChoose={setChoice}>
            From where it failed, failed slides only
          </Option>
        )}
        {skipping.data !== undefined && (
          <Option choice="skip" chosen={choice} onChoose={setChoice}>
            Skip the slides that failed, and finish
          </Option>
        )}
        <Option choice="stage" chosen={choice} onChoose={setChoice}>
          From a stage
        </Option>
        {choice === "stage" && <StageSelect document={document} stage={stage} onStage={setStage} />}
        {document.pages > 0 && (
          <Option choice="slides" chosen={choice} onChoose={setChoice}>
            Only some slides, and what follows from them
          </Option>
        )}
        {choice === "slides" && (
          <SlidesInput pages={document.pages} text={slideText} onText={setSlideText} />
        )}
        <Option choice="all" chosen={choice} onChoose={setChoice}>
          The whole document
        </Option>
      </fieldset>
      <div
        className="mt-3 min-h-20 rounded-lg bg-sunken p-3 text-[13px]"
        aria-live="polite"
        aria-busy={plan.isFetching}
      >
        {asked !== null && plan.isPending && <Skeleton className="h-14" />}
        {asked === null && <p className="text-ink-2">Name the slides to read again.</p>}
        {asked !== null && plan.data !== undefined && <Plan plan={plan.data} />}
        {error !== null && <ProblemNotice problem={problemOf(error)} />}
      </div>
      {choice === "failed" && gaps.length > 0 && (
        <p className="mt-2 text-[13px] text-ink-2">
          It is finished without {gaps.length === 1 ? "slide" : "slides"} {rangesWords(gaps)}; close
          this to leave it so.
        </p>
      )}
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={onClose}>Close</Button>
        <Button
          kind="primary"
          disabled={reopen.isPending || reopen.isSuccess || asked === null || !plan.data}
          onClick={() => {
            if (asked !== null) reopen.mutate(asked);
          }}
        >
          {choice === "skip" ? "Finish without them" : start === "failed" ? "Retry" : "Do again"}
        </Button>
      </div>
    </Dialog>
  );
}

function Option({
  choice,
  chosen,
  onChoose,
  children,
}: {
  choice: Choice;
  chosen: Choice;
  onChoose: (choice: Choice) => void;
  children: ReactNode;
}) {
  return (
    <label className="flex min-h-7 items-center gap-2">
      <input
        type="radio"
        name="reopen"
        checked={choice === chosen}
        onChange={() => onChoose(choice)}
        className="size-4 shrink-0 accent-(--accent)"
      />
      {children}
    </label>
  );
}

const inputClass =
  "ml-6 h-9 w-[calc(100%-1.5rem)] rounded-md border border-line-strong bg-surface px-2";

function StageSelect({
  document,
  stage,
  onStage,
}: {
  document: DocumentSummary;
  stage: string;
  onStage: (stage: string) => void;
}) {
  return (
    <select
      aria-label="Stage"
      value={stage}
      onChange={({ target }) => onStage(target.value)}
      className={inputClass}
    >
      {document.pipeline.progress.tasks.map(({ task }) => (
        <option key={task} value={task}>
          {taskWords(task)} and what follows from it
        </option>
      ))}
      {sharedLayers(document).map((layer) => (
        <option key={layer} value={`#${layer}`}>
          All of layer {layer} and what follows from it
        </option>
      ))}
    </select>
  );
}

function SlidesInput({
  pages,
  text,
  onText,
}: {
  pages: number;
  text: string;
  onText: (text: string) => void;
}) {
  const help = useId();
  const isWrong = text.trim() !== "" && slidesIn(text, pages) === null;
  return (
    <div>
      <input
        aria-label="Slides"
        aria-describedby={help}
        aria-invalid={isWrong}
        value={text}
        onChange={({ target }) => onText(target.value)}
        className={inputClass}
      />
      <p id={help} className={`ml-6 mt-1 text-xs ${isWrong ? "text-bad" : "text-ink-2"}`}>
        Numbers from 1 to {pages}, such as 7, 9-11.
      </p>
    </div>
  );
}

function Plan({ plan }: { plan: ReopenAnswer }) {
  return (
    <>
      <p>{plan.sentence}</p>
      {plan.generation > 1 && plan.attempt > 1 && (
        <p className="mt-1 text-ink-2">
          Results as generation {plan.generation}; those of older ones can still be exported.
        </p>
      )}
      <details className="mt-1 text-ink-2">
        <summary className="min-h-6">Tasks</summary>
        <p>Does again: {plan.redone.map(taskWords).join(", ")}</p>
        <p>Keeps: {plan.kept.length === 0 ? "nothing" : plan.kept.map(taskWords).join(", ")}</p>
      </details>
    </>
  );
}
