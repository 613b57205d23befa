import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { problemOf } from "../api/client.ts";
import { reviewerName } from "../document/use-review.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { hunksOf, isNumberAlone, sizeOf } from "./patch.ts";
import { activateVersion, packContentQuery, packDiffQuery, renewPacks } from "./queries.ts";
import type { PackVersionView } from "./types.ts";
import { effectWords, fileWords } from "./words.ts";

/** Says what changes, for which documents and from when, before it does. */
export function ActivateDialog({
  name,
  target,
  versions,
  onClose,
}: {
  name: string;
  target: PackVersionView;
  versions: readonly PackVersionView[];
  onClose: () => void;
}) {
  const client = useQueryClient();
  const active = versions.find(({ state }) => state === "active");
  const running = versions.reduce((sum, one) => sum + one.running, 0);
  const activate = useMutation({
    mutationFn: () => activateVersion(name, target.version, reviewerName().trim() || "page"),
    onSuccess: async () => {
      await renewPacks(client);
      onClose();
    },
  });
  return (
    <Dialog title={`Activate version ${target.version}?`} onClose={onClose}>
      <div className="space-y-3">
        <p>{effectWords(target.version, active?.version ?? null, running)}</p>
        {active !== undefined && <Changes name={name} from={active} to={target} />}
        <Warnings name={name} version={target.version} />
        {activate.isError && <ProblemNotice problem={problemOf(activate.error)} />}
      </div>
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={onClose}>Leave it</Button>
        <Button kind="primary" disabled={activate.isPending} onClick={() => activate.mutate()}>
          Activate version {target.version}
        </Button>
      </div>
    </Dialog>
  );
}

function Changes({ name, from, to }: { name: string; from: PackVersionView; to: PackVersionView }) {
  const diff = useQuery(packDiffQuery(name, from.version, to.version));
  if (diff.isError) return <ProblemNotice problem={problemOf(diff.error)} />;
  if (diff.data === undefined) return <p className="text-ink-2">Comparing the two versions.</p>;
  const parts = diff.data.parts
    .map(({ path, patch }) => ({ path, hunks: hunksOf(patch) }))
    .filter(({ hunks }) => !isNumberAlone(hunks));
  if (parts.length === 0) return <p className="text-ink-2">Nothing but the number differs.</p>;
  return (
    <div>
      <p className="font-medium">What changes</p>
      <ul className="mt-1 space-y-0.5">
        {parts.map(({ path, hunks }) => {
          const { added, removed } = sizeOf(hunks);
          return (
            <li key={path} className="flex justify-between gap-3">
              <span className="min-w-0 break-words">{fileWords(path)}</span>
              <span className="whitespace-nowrap text-ink-2 tabular-nums">
                {added} added, {removed} removed
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function Warnings({ name, version }: { name: string; version: number }) {
  const content = useQuery(packContentQuery(name, version));
  const warnings = content.data?.trial.warnings ?? [];
  if (warnings.length === 0) return null;
  return (
    <div className="rounded-md bg-warn-soft p-3">
      <p className="font-medium text-warn">Some tasks would wait for ever in this installation</p>
      <ul className="mt-1 list-disc pl-5">
        {warnings.map((warning) => (
          <li key={warning} className="break-words">
            {warning}
          </li>
        ))}
      </ul>
    </div>
  );
}
