import { useMutation } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import { problemOf } from "../api/client.ts";
import { signOut } from "./queries.ts";
import { useAsk, useWorkspace } from "./session-store.ts";

const mark = "data-sign-out";

/** Presses the button, which tells how it went. */
export const pressSignOut = (): void => document.querySelector<HTMLElement>(`[${mark}]`)?.click();

/** Where a key is in use. */
export function SignOut() {
  const workspace = useWorkspace();
  const ask = useAsk();
  const mutation = useMutation({ mutationFn: signOut });
  if (workspace === null || (ask !== null && ask !== "other")) return null;
  return (
    <>
      <button
        type="button"
        {...{ [mark]: "" }}
        aria-label="Sign out"
        title={`Sign out of the workspace ${workspace}`}
        onClick={() => mutation.mutate()}
        className="grid size-7 place-items-center rounded text-ink-2 hover:bg-sunken hover:text-ink"
      >
        <LogOut aria-hidden="true" className="size-4" />
      </button>
      {mutation.isError && (
        <span role="alert" className="text-xs text-bad">
          Not signed out: {problemOf(mutation.error).title}
        </span>
      )}
    </>
  );
}
