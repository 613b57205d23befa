import { Check, Flag, Pencil, Undo2 } from "lucide-react";
import { useContext, useState } from "react";
import { problemOf } from "../api/client.ts";
import type { ReviewView } from "../api/types.ts";
import { type KeyAction, useKeys } from "../shell/keys.ts";
import { Badge } from "../ui/badge.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { Ago } from "../ui/time.tsx";
import { ReviewDialog } from "./review-dialog.tsx";
import { HasKeys } from "./use-chosen.ts";
import { useReview } from "./use-review.ts";

const states = {
  verified: { tone: "good", words: "Verified", Icon: Check },
  flagged: { tone: "warn", words: "Flagged", Icon: Flag },
  corrected: { tone: "accent", words: "Corrected", Icon: Pencil },
} as const;

/** What was said of a value, by whom, and whether the results have moved on since. */
function ReviewState({ review, staleWords }: { review: ReviewView; staleWords: string | null }) {
  if (review.verdict === "withdrawn") return null;
  const { tone, words, Icon } = states[review.verdict];
  return (
    <div className="text-[13px] text-ink-2">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Badge tone={tone}>
          <Icon aria-hidden="true" className="size-3" /> {words}
        </Badge>
        <span className="text-xs">
          by {review.by}, <Ago at={review.at} />
        </span>
        {review.stale && <Badge tone="warn">Stale</Badge>}
      </p>
      {review.note !== null && <p className="mt-1 break-words">{review.note}</p>}
      {review.stale && (
        <p className="mt-1 break-words">
          Read again since: the reviewed value was {staleWords ?? "another one"}.
        </p>
      )}
    </div>
  );
}

const iconButton =
  "inline-flex size-7 items-center justify-center rounded-md border border-line bg-surface text-ink-2 hover:bg-sunken hover:text-ink disabled:opacity-50 aria-pressed:border-line-strong aria-pressed:bg-sunken aria-pressed:text-ink";

const noKeys: readonly KeyAction[] = [];

/** State and buttons of one value. Without `value` it can be verified and flagged, not corrected. */
export function ReviewControl({
  document,
  generation,
  path,
  label,
  review,
  staleWords = null,
  value,
  keys: wantsKeys = false,
}: {
  document: string;
  generation: number;
  path: string;
  label: string;
  review: ReviewView | undefined;
  /** The value that was reviewed, in words. */
  staleWords?: string | null;
  value?: { readonly read: unknown; readonly type: string };
  /** Whether this is the one that `v`, `x` and `e` are about. */
  keys?: boolean;
}) {
  const [dialog, setDialog] = useState<"flag" | "correct" | null>(null);
  const hasKeys = useContext(HasKeys);
  const keys = wantsKeys && hasKeys;
  const sending = useReview(document, generation);
  const verdict = review?.verdict;
  const shown = verdict === "corrected" ? review?.reviewed : value?.read;
  const open = (kind: "flag" | "correct"): void => {
    sending.reset();
    setDialog(kind);
  };
  const verify = (): void => {
    if (!sending.isPending) sending.mutate({ path, verdict: "verified" });
  };
  useKeys(
    "Review",
    keys
      ? [
          { id: "review.verify", keys: "v", name: "Verify", run: verify },
          { id: "review.flag", keys: "x", name: "Flag", run: () => open("flag") },
          ...(value === undefined
            ? []
            : [{ id: "review.correct", keys: "e", name: "Correct", run: () => open("correct") }]),
        ]
      : noKeys,
  );
  return (
    <div className="mt-2 space-y-1.5">
      {review !== undefined && <ReviewState review={review} staleWords={staleWords} />}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend that is seen. */}
      <div role="group" aria-label={`Review of ${label}`} className="flex gap-1">
        <button
          type="button"
          className={iconButton}
          title={keys ? "Verify (V)" : "Verify"}
          aria-label={`Verify ${label}`}
          aria-pressed={verdict === "verified"}
          disabled={sending.isPending}
          onClick={verify}
        >
          <Check aria-hidden="true" className="size-3.5" />
        </button>
        <button
          type="button"
          className={iconButton}
          title={keys ? "Flag (X)" : "Flag"}
          aria-label={`Flag ${label}`}
          aria-pressed={verdict === "flagged"}
          onClick={() => open("flag")}
        >
          <Flag aria-hidden="true" className="size-3.5" />
        </button>
        {value !== undefined && (
          <button
            type="button"
            className={iconButton}
            title={keys ? "Correct (E)" : "Correct"}
            aria-label={`Correct ${label}`}
            aria-pressed={verdict === "corrected"}
            onClick={() => open("correct")}
          >
            <Pencil aria-hidden="true" className="size-3.5" />
          </button>
        )}
        {review !== undefined && (
          <button
            type="button"
            className={iconButton}
            title="Take back"
            aria-label={`Take back the review of ${label}`}
            disabled={sending.isPending}
            onClick={() => sending.mutate({ path, verdict: "withdrawn" })}
          >
            <Undo2 aria-hidden="true" className="size-3.5" />
          </button>
        )}
      </div>
      {sending.error !== null && dialog === null && (
        <ProblemNotice problem={problemOf(sending.error)} />
      )}
      {dialog !== null && (
        <ReviewDialog
          kind={dialog}
          label={label}
          path={path}
          type={value?.type ?? "text"}
          value={shown ?? null}
          review={sending}
          onClose={() => setDialog(null)}
        />
      )}
    </div>
  );
}
