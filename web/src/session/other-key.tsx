import { Button } from "../ui/button.tsx";
import { askForOther, useWorkspace } from "./session-store.ts";

/** Below a refusal that another key might not meet. Nothing where no key is in use. */
export function OtherKey() {
  const workspace = useWorkspace();
  if (workspace === null) return null;
  return (
    <div className="mt-2 flex flex-wrap items-center gap-2 text-ink-2">
      <span>
        Your key opens the workspace <strong className="font-medium">{workspace}</strong> alone.
      </span>
      <Button onClick={askForOther}>Use another key</Button>
    </div>
  );
}
