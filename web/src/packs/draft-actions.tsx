import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { problemOf } from "../api/client.ts";
import { reviewerName, saveReviewer } from "../document/use-review.ts";
import { Button } from "../ui/button.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { CheckResult } from "./check-result.tsx";
import type { Draft } from "./draft.ts";
import { renewPacks, saveDraft } from "./queries.ts";
import type { PackCheckAnswer, PackContent, PackVersionView } from "./types.ts";

const input = "mt-1 block min-h-8 w-full rounded-md border border-line-strong bg-surface px-2";

interface Props {
  readonly content: PackContent;
  readonly newest: PackVersionView;
  readonly draft: Draft | null;
  readonly files: Readonly<Record<string, string>>;
  readonly check: PackCheckAnswer | undefined;
  readonly checkError: unknown;
  readonly isChecking: boolean;
  readonly onDraft: (draft: Draft | null) => void;
  readonly onCheck: () => Promise<PackCheckAnswer>;
  readonly onShow: (problem: PackCheckAnswer["problems"][number]) => void;
}

/** Check, note, save: the server checks before anything is kept. */
export function DraftActions(props: Props) {
  const { content, newest, draft, files, check, onDraft, onCheck } = props;
  const client = useQueryClient();
  const navigate = useNavigate();
  const [by, setBy] = useState(reviewerName);
  const { name } = content;
  const save = useMutation({
    mutationFn: async (seen: number) => {
      const checked = await onCheck();
      if (!checked.valid) return null;
      const note = draft?.note.trim() || null;
      return saveDraft(name, {
        ...{ files: { ...files }, note, parent: content.version, source: "edit", seen },
        by: by.trim() || "page",
      });
    },
    onSuccess: async (answer) => {
      if (answer === null) return;
      if (by.trim() !== "") saveReviewer(by);
      onDraft(null);
      await renewPacks(client);
      const search = { view: "compare", young: answer.version.version } as const;
      // After the draft is gone, so that nothing asks whether to leave it.
      window.setTimeout(() => void navigate({ to: "/packs/$name", params: { name }, search }), 0);
    },
  });
  const isConflict = save.isError && problemOf(save.error).code === "PACK_CHANGED";
  const isBehind = draft !== null && newest.version > draft.seen;
  return (
    <div className="space-y-3">
      {isBehind && (
        <Newer name={name} draft={draft} newest={newest}>
          <Button disabled={save.isPending} onClick={() => save.mutate(newest.version)}>
            Save mine beside it
          </Button>
        </Newer>
      )}
      <div className="grid gap-3 sm:grid-cols-[minmax(0,1fr)_12rem]">
        <label className="text-[13px] font-medium">
          Why it is changed
          <input
            type="text"
            value={draft?.note ?? ""}
            maxLength={2000}
            disabled={draft === null}
            onChange={(event) => draft && onDraft({ ...draft, note: event.target.value })}
            className={input}
          />
        </label>
        <label className="text-[13px] font-medium">
          Your name
          <input
            type="text"
            value={by}
            maxLength={200}
            autoComplete="name"
            onChange={(event) => setBy(event.target.value)}
            className={input}
          />
        </label>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button
          kind="primary"
          disabled={draft === null || save.isPending}
          onClick={() => draft && save.mutate(draft.seen)}
        >
          Save as version {newest.version + 1}
        </Button>
        <Button disabled={props.isChecking} onClick={() => void onCheck().catch(() => undefined)}>
          Check
        </Button>
        {draft !== null && <Discard onDiscard={() => onDraft(null)} />}
      </div>
      {draft === null && (
        <p className="text-[13px] text-ink-2">
          Nothing is changed yet. What you write is kept in this browser until it is saved.
        </p>
      )}
      {props.checkError != null && <ProblemNotice problem={problemOf(props.checkError)} />}
      {save.isError && !isConflict && props.checkError == null && (
        <ProblemNotice problem={problemOf(save.error)} />
      )}
      {isConflict && !isBehind && <ProblemNotice problem={problemOf(save.error)} />}
      {check !== undefined && <CheckResult check={check} onShow={props.onShow} />}
    </div>
  );
}

function Newer({
  name,
  draft,
  newest,
  children,
}: {
  name: string;
  draft: Draft;
  newest: PackVersionView;
  children: React.ReactNode;
}) {
  return (
    <div role="alert" className="space-y-2 rounded-lg border border-line bg-warn-soft p-3">
      <p>
        <span className="font-medium">
          Version {newest.version} was made by {newest.by ?? "somebody"} while you were editing.
        </span>{" "}
        Your draft is untouched. It would become a version of its own, without their change.
      </p>
      <div className="flex flex-wrap items-center gap-3">
        <Link
          to="/packs/$name"
          params={{ name }}
          search={{ view: "compare", old: draft.base, young: newest.version }}
          resetScroll={false}
          className="inline-flex min-h-6 items-center font-medium text-accent-ink underline"
        >
          See what they changed
        </Link>
        {children}
      </div>
    </div>
  );
}

/** Two presses: the first says what goes. */
function Discard({ onDiscard }: { onDiscard: () => void }) {
  const [asking, setAsking] = useState(false);
  if (!asking) {
    return (
      <Button kind="quiet" onClick={() => setAsking(true)}>
        Discard changes
      </Button>
    );
  }
  return (
    <>
      <Button kind="danger" onClick={onDiscard}>
        Discard for good
      </Button>
      <Button kind="quiet" onClick={() => setAsking(false)}>
        Keep them
      </Button>
    </>
  );
}
