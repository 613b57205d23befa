import { useId, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";

/** Nothing new starts in a pool: whoever asks for that says so, and everybody reads it on each page. */
export function PauseDialog({
  pool,
  onPause,
  onClose,
}: {
  pool: string;
  onPause: (reason: string | null) => void;
  onClose: () => void;
}) {
  const [reason, setReason] = useState("");
  const field = useId();
  return (
    <Dialog title={`Pause ${pool}?`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onPause(reason.trim() === "" ? null : reason.trim());
        }}
      >
        <p className="text-ink-2">
          No container of {pool} starts until somebody resumes it. What runs goes on; decks that
          need more than that wait. Every page says so.
        </p>
        <label htmlFor={field} className="mt-3 block text-[13px] font-medium">
          Who and why
        </label>
        <input
          id={field}
          maxLength={300}
          value={reason}
          onChange={({ target }) => setReason(target.value)}
          placeholder="Ada: new weights are tried"
          className="mt-1 min-h-8 w-full rounded-md border border-line-strong bg-surface px-2"
        />
        <div className="mt-5 flex justify-end gap-2">
          <Button onClick={onClose}>Leave it</Button>
          <Button kind="primary" type="submit">
            Pause it
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
