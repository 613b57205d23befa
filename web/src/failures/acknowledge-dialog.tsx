import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { postJson, problemOf } from "../api/client.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { failuresUrl } from "./queries.ts";
import type { FailureGroupView } from "./types.ts";

type Kind = "acknowledged" | "muted" | "reopened";

const choices: readonly { kind: Kind; words: string; note: string }[] = [
  { kind: "acknowledged", words: "Acknowledge", note: "It comes back when it fails so again." },
  {
    kind: "muted",
    words: "Mute",
    note: "It comes back when a newer version of the pack, another pack or another engine fails so.",
  },
];

/** Says that a cause is known, for how long, and by whom. */
export function AcknowledgeDialog({
  group,
  onClose,
}: {
  group: FailureGroupView;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const [kind, setKind] = useState<Kind>("acknowledged");
  const [note, setNote] = useState("");
  const [by, setBy] = useState("");
  const say = useMutation({
    mutationFn: (said: Kind) =>
      postJson<FailureGroupView>(`${failuresUrl}/${group.fingerprint}/acknowledge`, {
        kind: said,
        ...(note.trim() === "" ? {} : { note }),
        ...(by.trim() === "" ? { by: "page" } : { by }),
      }),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: ["failures"] });
    },
  });
  return (
    <Dialog title="Acknowledge this group" onClose={onClose}>
      <fieldset className="space-y-2">
        <legend className="sr-only">How</legend>
        {choices.map((choice) => (
          <label key={choice.kind} className="flex gap-2 text-[13px]">
            <input
              type="radio"
              name="kind"
              checked={kind === choice.kind}
              onChange={() => setKind(choice.kind)}
              className="mt-0.5 size-4"
            />
            <span>
              <span className="font-medium">{choice.words}.</span>{" "}
              <span className="text-ink-2">{choice.note}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <Field
        label="Note (why it is known, where it is worked on)"
        value={note}
        onChange={setNote}
      />
      <Field label="Your name" value={by} onChange={setBy} />
      {say.error !== null && <ProblemNotice problem={problemOf(say.error)} />}
      <div className="mt-5 flex flex-wrap justify-end gap-2">
        {group.state === "acknowledged" && (
          <Button disabled={say.isPending} onClick={() => say.mutate("reopened")}>
            Open again
          </Button>
        )}
        <Button onClick={onClose}>Close</Button>
        <Button kind="primary" disabled={say.isPending} onClick={() => say.mutate(kind)}>
          {kind === "muted" ? "Mute" : "Acknowledge"}
        </Button>
      </div>
    </Dialog>
  );
}

function Field({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <>
      <label htmlFor={id} className="mt-3 block text-[13px] font-medium">
        {label}
      </label>
      <input
        id={id}
        value={value}
        maxLength={200}
        onChange={({ target }) => onChange(target.value)}
        className="mt-1 h-9 w-full rounded-md border border-line-strong bg-surface px-2 text-[13px]"
      />
    </>
  );
}
