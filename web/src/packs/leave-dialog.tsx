import { useBlocker } from "@tanstack/react-router";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";

/** Asks before a draft is left behind. It stays in this browser all the same. */
export function LeaveDialog({ isDirty, name }: { isDirty: boolean; name: string }) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  });
  if (blocker.status !== "blocked") return null;
  return (
    <Dialog title="Leave your draft?" onClose={blocker.reset}>
      <p>
        What you changed of {name} is not saved as a version. It stays in this browser and is here
        when you come back.
      </p>
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={blocker.proceed}>Leave</Button>
        <Button kind="primary" onClick={blocker.reset}>
          Stay
        </Button>
      </div>
    </Dialog>
  );
}
