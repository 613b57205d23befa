import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CheckCircle2, CircleAlert, FileUp, X } from "lucide-react";
import { useEffect } from "react";
import { bytesWords, slidesWords } from "../lib/format.ts";
import { Panel } from "../ui/panel.tsx";
import { dropUpload, retryUpload, type Upload, useUploads } from "./upload-store.ts";

const stateWords = (upload: Upload): string => {
  switch (upload.state) {
    case "waiting":
      return "Waits for its turn";
    case "sending":
      return `${Math.floor(upload.sent * 100)} % of ${bytesWords(upload.bytes)} sent`;
    case "checking":
      return "Sent; the file is being checked";
    case "accepted":
      return `Accepted, ${slidesWords(upload.document?.pages ?? 0)}`;
    case "refused":
      return "Refused";
  }
};

const icons = { accepted: CheckCircle2, refused: CircleAlert } as const;

function UploadRow({ upload }: { upload: Upload }) {
  const Icon =
    upload.state === "accepted" || upload.state === "refused" ? icons[upload.state] : FileUp;
  const tone = { accepted: "text-good", refused: "text-bad" }[upload.state as "accepted"];
  return (
    <li className="flex gap-3 px-4 py-2.5">
      <Icon aria-hidden="true" className={`mt-0.5 size-4 shrink-0 ${tone ?? "text-ink-3"}`} />
      <div className="min-w-0 grow">
        <p className="truncate font-medium">{upload.name}</p>
        <p
          className="text-[13px] text-ink-2"
          role={upload.state === "refused" ? "alert" : "status"}
        >
          {upload.refusal === null ? (
            stateWords(upload)
          ) : (
            <>
              <span className="text-bad">{upload.refusal.title}</span> {upload.refusal.detail}{" "}
              {upload.refusal.next}{" "}
              <span className="font-mono text-xs text-ink-3">{upload.refusal.code}</span>
            </>
          )}
        </p>
        {upload.state === "sending" && (
          <progress
            aria-label={`Upload of ${upload.name}`}
            value={upload.sent}
            max={1}
            className="mt-1 h-1 w-full accent-accent"
          />
        )}
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
        onClick={() => dropUpload(upload.id)}
      >
        <X aria-hidden="true" className="size-4" />
      </button>
    </li>
  );
}

/** Long enough to be read, and to be read out. */
const acceptedShownMs = 2500;

/** Files on their way. An accepted one leaves once its row stands in the list below. */
export function UploadList({ listed }: { listed: ReadonlySet<string> }) {
  const client = useQueryClient();
  const uploads = useUploads();
  const accepted = uploads.filter(({ state }) => state === "accepted").length;
  useEffect(() => {
    if (accepted > 0) void client.invalidateQueries({ queryKey: ["documents"] });
  }, [accepted, client]);
  useEffect(() => {
    const seen = uploads.filter(({ document }) => document !== null && listed.has(document.id));
    if (seen.length === 0) return;
    const timer = window.setTimeout(() => {
      for (const { id } of seen) dropUpload(id);
    }, acceptedShownMs);
    return () => window.clearTimeout(timer);
  }, [uploads, listed]);
  if (uploads.length === 0) return null;
  return (
    <Panel>
      <h2 className="sr-only">Uploads</h2>
      <ul className="divide-y divide-line">
        {uploads.map((upload) => (
          <UploadRow key={upload.id} upload={upload} />
        ))}
      </ul>
    </Panel>
  );
}
