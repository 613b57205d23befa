import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { documentUrl, postJson, problemOf } from "../api/client.ts";
import type { DocumentSummary, ReopenAnswer } from "../api/types.ts";
import { taskWords } from "../lib/words.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { Skeleton } from "../ui/panel.tsx";

export type ReopenKind = "retry" | "rerun";

const words: Readonly<Record<ReopenKind, { title: string; all: string; button: string }>> = {
  retry: { title: "Retry this document", all: "Everything that failed", button: "Retry" },
  rerun: { title: "Do this document again", all: "Everything", button: "Do again" },
};

const names = (tasks: readonly string[]): string =>
  tasks.length === 0 ? "nothing" : tasks.map(taskWords).join(", ");

/** Layers of more than one task: one task is chosen by its name. */
function sharedLayers({ pipeline }: DocumentSummary): readonly number[] {
  const layers = pipeline.progress.tasks.map(({ layer }) => layer);
  return [...new Set(layers)].filter(
    (layer) => layers.indexOf(layer) !== layers.lastIndexOf(layer),
  );
}

interface Scope {
  readonly from?: string | number;
}

/** What the select holds: nothing, a task's name, or `#` and a layer. */
const scopeOf = (chosen: string): Scope => {
  if (chosen === "") return {};
  return { from: chosen.startsWith("#") ? Number(chosen.slice(1)) : chosen };
};

/** Says what is kept and what is done again before it is pressed: the server's own dry run. */
export function ReopenDialog({
  document,
  kind,
  onClose,
}: {
  document: DocumentSummary;
  kind: ReopenKind;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const [chosen, setChosen] = useState("");
  const url = `${documentUrl(document.id)}/${kind}`;
  const scope = scopeOf(chosen);
  const plan = useQuery({
    queryKey: ["reopen plan", kind, document.id, document.pipeline.progress.seq, chosen],
    queryFn: () => postJson<ReopenAnswer>(url, { ...scope, dryRun: true }),
    retry: false,
  });
  const reopen = useMutation({
    mutationFn: () => postJson<ReopenAnswer>(url, scope),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries();
    },
  });
  const error = reopen.error ?? plan.error;
  return (
    <Dialog title={words[kind].title} onClose={onClose}>
      <ScopeSelect document={document} kind={kind} chosen={chosen} onChoose={setChosen} />
      <div className="mt-3 min-h-14 text-[13px] text-ink-2" aria-live="polite">
        {plan.isPending && <Skeleton className="h-10" />}
        {plan.data !== undefined && <Plan kind={kind} plan={plan.data} />}
        {error !== null && <ProblemNotice problem={problemOf(error)} />}
      </div>
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={onClose}>Close</Button>
        <Button
          kind="primary"
          disabled={reopen.isPending || plan.data === undefined}
          onClick={() => reopen.mutate()}
        >
          {words[kind].button}
        </Button>
      </div>
    </Dialog>
  );
}

function ScopeSelect({
  document,
  kind,
  chosen,
  onChoose,
}: {
  document: DocumentSummary;
  kind: ReopenKind;
  chosen: string;
  onChoose: (chosen: string) => void;
}) {
  const id = useId();
  return (
    <>
      <label htmlFor={id} className="text-[13px] font-medium">
        Do again
      </label>
      <select
        id={id}
        value={chosen}
        onChange={({ target }) => onChoose(target.value)}
        className="mt-1 h-9 w-full rounded-md border border-line-strong bg-surface px-2"
      >
        <option value="">{words[kind].all}</option>
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
    </>
  );
}

function Plan({ kind, plan }: { kind: ReopenKind; plan: ReopenAnswer }) {
  return (
    <>
      <p>
        Does again: <span className="text-ink">{names(plan.redone)}</span>
      </p>
      <p>
        Keeps: <span className="text-ink">{names(plan.kept)}</span>
      </p>
      {kind === "rerun" && (
        <p>As generation {plan.generation}; what stood before is kept and can still be exported.</p>
      )}
    </>
  );
}
