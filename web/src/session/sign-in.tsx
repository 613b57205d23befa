import { useMutation } from "@tanstack/react-query";
import { Eye, EyeOff, KeyRound } from "lucide-react";
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { problemOf } from "../api/client.ts";
import { Button } from "../ui/button.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { Panel } from "../ui/panel.tsx";
import { useTitleOver } from "../ui/use-title.ts";
import { signIn } from "./queries.ts";
import { type AskReason, keepKey, noteSignedIn, useWorkspace } from "./session-store.ts";

const sentences: Readonly<Record<Exclude<AskReason, "other">, string>> = {
  needed: "This Pilotlight asks for an API key.",
  ended:
    "You are not signed in any more: the session has ended, or its key was taken back. Sign in to go on where you were.",
};

function KeyField({ id, isWrong }: { id: string; isWrong: boolean }) {
  const [isShown, setShown] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const Icon = isShown ? EyeOff : Eye;
  useEffect(() => field.current?.focus(), []);
  // A wrong key is corrected, or pasted over.
  useEffect(() => {
    if (isWrong) field.current?.select();
  }, [isWrong]);
  return (
    <div className="flex gap-2">
      <input
        ref={field}
        id={id}
        name="apiKey"
        type={isShown ? "text" : "password"}
        required
        maxLength={200}
        autoComplete="current-password"
        autoCapitalize="none"
        spellCheck={false}
        aria-invalid={isWrong}
        aria-describedby={`${id}-about`}
        className="min-h-9 min-w-0 grow rounded-md border border-line-strong bg-surface px-3 font-mono"
      />
      <Button
        aria-pressed={isShown}
        aria-label="Show the key"
        title={isShown ? "Hide the key" : "Show the key"}
        onClick={() => setShown(!isShown)}
      >
        <Icon aria-hidden="true" className="size-4" />
      </Button>
    </div>
  );
}

/** Where a key comes from, and what becomes of it here. */
function About({ id }: { id: string }) {
  return (
    <div id={id} className="space-y-2 text-[13px] text-ink-2">
      <p>
        Keys are the <code>apiKeys</code> in the settings of this Pilotlight: ask whoever runs it.
        The key that <code>pilotlight auth login</code> takes is the same.
      </p>
      <p>
        The key is not kept. This browser stays signed in until it is closed or you sign out, seven
        days at most.
      </p>
      {!window.isSecureContext && (
        <p className="text-warn">
          This page did not come by TLS: others on the way could read the key.
        </p>
      )}
    </div>
  );
}

/** In place of the page, while the API asks for a key. */
export function SignIn({ reason }: { reason: AskReason }) {
  const id = useId();
  const workspace = useWorkspace();
  useTitleOver("Sign in");
  const mutation = useMutation({
    mutationFn: signIn,
    onSuccess: (session) => noteSignedIn(session.workspace),
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const key = String(new FormData(event.currentTarget).get("apiKey") ?? "").trim();
    if (key !== "" && !mutation.isPending) mutation.mutate(key);
  };
  return (
    <div className="mx-auto max-w-md pt-[min(12vh,6rem)]">
      <Panel className="p-5">
        <form onSubmit={submit} className="space-y-4">
          <h1 className="flex items-center gap-2 text-base font-semibold">
            <KeyRound aria-hidden="true" className="size-4 text-accent" /> Sign in
          </h1>
          <p>
            {reason === "other"
              ? `You are signed in to the workspace ${workspace ?? "of your key"}. Another key opens another one.`
              : sentences[reason]}
          </p>
          <div className="space-y-1.5">
            <label htmlFor={id} className="block text-[13px] font-medium">
              API key
            </label>
            <KeyField id={id} isWrong={mutation.isError} />
          </div>
          {mutation.isError && <ProblemNotice problem={problemOf(mutation.error)} />}
          <div className="flex flex-wrap gap-2">
            <Button type="submit" kind="primary" aria-disabled={mutation.isPending}>
              {mutation.isPending ? "Signing in" : "Sign in"}
            </Button>
            {reason === "other" && <Button onClick={keepKey}>Keep this key</Button>}
          </div>
          <About id={`${id}-about`} />
        </form>
      </Panel>
    </div>
  );
}
