import { Link } from "@tanstack/react-router";
import { CheckCircle2, CircleAlert, Files, FileUp, X } from "lucide-react";
import { useId, useState } from "react";
import type { SameFile } from "../api/types.ts";
import { bytesWords, slidesWords } from "../lib/format.ts";
import { serverNowMs } from "../lib/now.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import type { Upload } from "./upload-queue.ts";
import { dropUpload, retryUpload, runAgain, unlockUpload } from "./upload-store.ts";

const stateWords = (upload: Upload): string => {
  const note = upload.isProtected
    ? " It is protected; should it need a password, you are asked."
    : "";
  switch (upload.state) {
    case "waiting":
      return `Waits for its turn.${note}`;
    case "looking":
      return "The file is being looked at.";
    case "known":
      return knownWords(upload);
    case "sending":
      return `${Math.floor(upload.sent * 100)} % of ${bytesWords(upload.bytes)} sent.${note}`;
    case "checking":
      return "Sent; the file is being checked.";
    case "accepted":
      return upload.plan?.sentence ?? `Accepted, ${slidesWords(upload.document?.pages ?? 0)}.`;
    case "refused":
      return "Refused.";
  }
};

/** What `Run again` would make of it, in the words of the list. */
function knownWords({ name, same }: Upload): string {
  if (same === null) return "This file is known here.";
  const as = same.name === name ? "" : ` as ${same.name}`;
  return `This file is known here${as}, byte for byte. Run again, it becomes run ${same.run + 1} of the same file, and the first result stays.`;
}

const looks = {
  accepted: { Icon: CheckCircle2, tone: "text-good" },
  refused: { Icon: CircleAlert, tone: "text-bad" },
  known: { Icon: Files, tone: "text-accent" },
} as const;
const plainLook = { Icon: FileUp, tone: "text-ink-3" } as const;

/** "3 Nov" of this year, with the year of any other. */
function dayWords(instant: string): string {
  const at = new Date(instant);
  const isThisYear = at.getFullYear() === new Date(serverNowMs()).getFullYear();
  return at.toLocaleDateString("en-GB", {
    day: "numeric",
    month: "short",
    ...(isThisYear ? {} : { year: "numeric" }),
  });
}

function Offers({ upload, same }: { upload: Upload; same: SameFile }) {
  const isOver = same.finishedAt !== null;
  return (
    <div className="mt-1.5 flex flex-wrap gap-2">
      <Link
        to="/documents/$id"
        params={{ id: same.document }}
        className={buttonClass("primary")}
        onClick={() => dropUpload(upload.id)}
      >
        {isOver
          ? `Open the result from ${dayWords(same.finishedAt ?? same.createdAt)}`
          : `Open the run that began on ${dayWords(same.createdAt)}`}
      </Link>
      <Button onClick={() => runAgain(upload.id)}>Run again</Button>
    </div>
  );
}

function PasswordForm({ upload }: { upload: Upload }) {
  const id = useId();
  const [password, setPassword] = useState("");
  return (
    <form
      className="mt-1.5 flex flex-wrap items-center gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (password !== "") unlockUpload(upload.id, password);
      }}
    >
      <label htmlFor={id} className="text-[13px]">
        Password
      </label>
      <input
        id={id}
        type="password"
        autoComplete="off"
        value={password}
        onChange={({ target }) => setPassword(target.value)}
        className="h-8 w-44 rounded-md border border-line-strong bg-surface px-2"
      />
      <Button type="submit" disabled={password === ""}>
        Open with it
      </Button>
      <p className="w-full text-xs text-ink-3">A copy without it is stored; the password is not.</p>
    </form>
  );
}

const lockedCodes = ["PDF_ENCRYPTED", "PDF_PASSWORD_WRONG"];

function Words({ upload }: { upload: Upload }) {
  const { refusal } = upload;
  if (refusal === null) return stateWords(upload);
  const isLocked = lockedCodes.includes(refusal.code);
  return (
    <>
      <span className="text-bad">{refusal.title}</span> {refusal.detail}{" "}
      {isLocked ? "Give it here." : refusal.next}{" "}
      <span className="font-mono text-xs text-ink-3">{refusal.code}</span>
    </>
  );
}

/** The row goes, and with it the button that has the focus: the next row's takes it, or the one before. */
function focusBeside(button: HTMLElement): void {
  const row = button.closest("li");
  const beside = row?.nextElementSibling ?? row?.previousElementSibling;
  beside?.querySelector<HTMLElement>(":scope > button:last-of-type")?.focus();
}

export function UploadRow({ upload }: { upload: Upload }) {
  const { Icon, tone } = looks[upload.state as keyof typeof looks] ?? plainLook;
  return (
    <li className="flex gap-3 px-4 py-2.5">
      <Icon aria-hidden="true" className={`mt-0.5 size-4 shrink-0 ${tone}`} />
      <div className="min-w-0 grow">
        <p className="truncate font-medium">{upload.name}</p>
        <p
          className="text-[13px] text-ink-2"
          role={upload.state === "refused" ? "alert" : "status"}
        >
          <Words upload={upload} />
        </p>
        {upload.state === "sending" && (
          <progress
            aria-label={`Upload of ${upload.name}`}
            value={upload.sent}
            max={1}
            className="mt-1 h-1 w-full accent-accent"
          />
        )}
        {upload.state === "known" && upload.same !== null && (
          <Offers upload={upload} same={upload.same} />
        )}
        {lockedCodes.includes(upload.refusal?.code ?? "") && <PasswordForm upload={upload} />}
      </div>
      {upload.document !== null && (
        <Link
          to="/documents/$id"
          params={{ id: upload.document.id }}
          className="self-start py-0.5 font-medium text-accent-ink hover:underline"
        >
          Open
        </Link>
      )}
      {upload.refusal?.retryable === true && (
        <button
          type="button"
          className="min-h-6 self-start font-medium text-accent-ink hover:underline"
          onClick={() => retryUpload(upload.id)}
        >
          Try again
        </button>
      )}
      <button
        type="button"
        aria-label={`Take ${upload.name} off this list`}
        className="grid size-6 shrink-0 place-items-center rounded text-ink-3 hover:bg-sunken hover:text-ink"
        onClick={({ currentTarget }) => {
          focusBeside(currentTarget);
          dropUpload(upload.id);
        }}
      >
        <X aria-hidden="true" className="size-4" />
      </button>
    </li>
  );
}
