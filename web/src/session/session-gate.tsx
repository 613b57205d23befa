import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { followSession, sessionQuery } from "./queries.ts";
import { noteSignedOut, noteWorkspace, useAsk } from "./session-store.ts";
import { SignIn } from "./sign-in.tsx";

/** A modal dialog holds the whole page, also where it is not shown: it rests meanwhile. */
function restDialogs(): () => void {
  const open = [...document.querySelectorAll<HTMLDialogElement>("dialog:modal")];
  for (const dialog of open) dialog.close();
  return () => {
    for (const dialog of open) if (dialog.isConnected) dialog.showModal();
  };
}

/** The page, or what asks for a key. The page stays as it is behind it: drafts and uploads are not lost. */
export function SessionGate({ children }: { children: ReactNode }) {
  const ask = useAsk();
  const { data: session } = useQuery(sessionQuery);
  useEffect(followSession, []);
  useEffect(() => {
    if (session?.keyNeeded !== true) return;
    if (session.workspace === null) noteSignedOut();
    else noteWorkspace(session.workspace);
  }, [session]);
  const isAsked = ask !== null;
  useEffect(() => (isAsked ? restDialogs() : undefined), [isAsked]);
  return (
    <>
      {isAsked && <SignIn reason={ask} />}
      <div hidden={isAsked}>{children}</div>
    </>
  );
}
