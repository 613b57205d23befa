import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { DocumentSummary } from "../api/types.ts";
import { serverNowMs } from "../lib/now.ts";
import { Button } from "../ui/button.tsx";
import { Panel } from "../ui/panel.tsx";
import type { Upload } from "./upload-queue.ts";
import { UploadRow } from "./upload-row.tsx";
import { dropUpload, useUploads } from "./upload-store.ts";

/** Long enough to read what it will take. */
const acceptedShownMs = 8000;

const hasBegun = ({ pipeline }: DocumentSummary): boolean =>
  pipeline.startedAt !== null || pipeline.finishedAt !== null;

/** An accepted one says what it will take until work has begun and its row stands in the list below. */
const isSeen = (upload: Upload, listed: ReadonlyMap<string, DocumentSummary>): boolean => {
  const row = listed.get(upload.document?.id ?? "");
  return row !== undefined && hasBegun(row);
};

/** Files on their way. */
export function UploadList({ listed }: { listed: ReadonlyMap<string, DocumentSummary> }) {
  const client = useQueryClient();
  const uploads = useUploads();
  const accepted = uploads.filter(({ state }) => state === "accepted").length;
  useEffect(() => {
    if (accepted > 0) void client.invalidateQueries({ queryKey: ["documents"] });
  }, [accepted, client]);
  useEffect(() => {
    const timers = uploads
      .filter((upload) => isSeen(upload, listed))
      .map(({ id, acceptedAtMs }) => {
        const leftMs = Math.max(0, acceptedAtMs + acceptedShownMs - serverNowMs());
        return window.setTimeout(() => dropUpload(id), leftMs);
      });
    return () => timers.forEach((timer) => void window.clearTimeout(timer));
  }, [uploads, listed]);
  if (uploads.length === 0) return null;
  const refused = uploads.filter(({ state }) => state === "refused");
  return (
    <Panel>
      <h2 className="sr-only">Uploads</h2>
      {refused.length > 1 && (
        <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-1.5">
          <p className="grow text-[13px] text-ink-2">{refused.length} files were refused.</p>
          <Button kind="quiet" onClick={() => refused.forEach(({ id }) => void dropUpload(id))}>
            Clear them
          </Button>
        </div>
      )}
      <ul className="divide-y divide-line">
        {uploads.map((upload) => (
          <UploadRow key={upload.id} upload={upload} />
        ))}
      </ul>
    </Panel>
  );
}
