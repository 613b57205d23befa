import { type FormEvent, useId, useState } from "react";
import { problemOf } from "../api/client.ts";
import { type Input, inputsOf, valueOfInputs } from "../lib/review-value.ts";
import { sectors } from "../lib/words.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { reviewerName, type Sent, saveReviewer, type useReview } from "./use-review.ts";

const fieldClass = "mt-1 h-9 w-full rounded-md border border-line-strong bg-surface px-2 text-ink";

const forms: Readonly<Record<string, readonly Input[]>> = {
  healthcare: [
    {
      name: "is",
      label: "Is it healthcare?",
      choices: [
        ["yes", "Yes"],
        ["no", "No"],
      ],
    },
    { name: "sector", label: "Sector", choices: [["", "None of these"], ...sectors] },
  ],
  ask: [
    { name: "amount", label: "Amount, in whole units", isRequired: true },
    { name: "upTo", label: "Up to, for a range" },
    { name: "currency", label: "Currency, such as EUR", isRequired: true },
    { name: "round", label: "Round, such as Seed" },
  ],
  money: [
    { name: "amount", label: "Amount", isRequired: true },
    { name: "currency", label: "Currency, such as EUR", isRequired: true },
  ],
  boolean: [
    {
      name: "is",
      label: "What is right",
      choices: [
        ["yes", "Yes"],
        ["no", "No"],
      ],
    },
  ],
  list: [{ name: "text", label: "What is right, with ; between", isRequired: true }],
  date: [{ name: "text", label: "Date: 2026, 2026-10 or 2026-10-31", isRequired: true }],
};
const plain: readonly Input[] = [{ name: "text", label: "What is right", isRequired: true }];

/** What is doubtful, or what is right instead. The value as it was read stays where it is. */
export function ReviewDialog({
  kind,
  label,
  path,
  type,
  value,
  review,
  onClose,
}: {
  kind: "flag" | "correct";
  label: string;
  path: string;
  type: string;
  /** To begin with. */
  value: unknown;
  review: ReturnType<typeof useReview>;
  onClose: () => void;
}) {
  const [inputs, setInputs] = useState(inputsOf(type, value));
  const [isUnstated, setUnstated] = useState(false);
  const [note, setNote] = useState("");
  const [by, setBy] = useState(reviewerName());
  const send = (event: FormEvent): void => {
    event.preventDefault();
    saveReviewer(by);
    const sent: Sent = { path, note: note.trim() || null, verdict: "flagged" };
    const corrected = {
      verdict: "corrected",
      value: isUnstated ? null : valueOfInputs(type, inputs),
    } as const;
    review.mutate(kind === "flag" ? sent : { ...sent, ...corrected }, { onSuccess: onClose });
  };
  return (
    <Dialog title={`${kind === "flag" ? "Flag" : "Correct"}: ${label}`} onClose={onClose}>
      <form onSubmit={send} className="space-y-3">
        {kind === "correct" && (
          <>
            {!isUnstated &&
              (forms[type] ?? plain).map((input) => (
                <InputRow
                  key={input.name}
                  input={input}
                  value={inputs[input.name] ?? ""}
                  onChange={(text) => setInputs({ ...inputs, [input.name]: text })}
                />
              ))}
            <label className="flex min-h-6 items-center gap-2 text-[13px]">
              <input
                type="checkbox"
                checked={isUnstated}
                onChange={({ target }) => setUnstated(target.checked)}
              />
              The document does not state it
            </label>
          </>
        )}
        <InputRow input={{ name: "note", label: "Note" }} value={note} onChange={setNote} />
        <InputRow input={{ name: "by", label: "Your name" }} value={by} onChange={setBy} />
        {review.error !== null && <ProblemNotice problem={problemOf(review.error)} />}
        <div className="flex justify-end gap-2 pt-1">
          <Button onClick={onClose}>Close</Button>
          <Button kind="primary" type="submit" disabled={review.isPending}>
            {kind === "flag" ? "Flag it" : "Correct it"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function InputRow({
  input,
  value,
  onChange,
}: {
  input: Input;
  value: string;
  onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="text-[13px] font-medium">
        {input.label}
      </label>
      {input.choices === undefined ? (
        <input
          id={id}
          value={value}
          required={input.isRequired}
          maxLength={2000}
          onChange={({ target }) => onChange(target.value)}
          className={fieldClass}
        />
      ) : (
        <select
          id={id}
          value={value}
          onChange={({ target }) => onChange(target.value)}
          className={fieldClass}
        >
          {input.choices.map(([choice, words]) => (
            <option key={choice} value={choice}>
              {words}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}
