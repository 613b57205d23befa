import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { DocumentSummary } from "../api/types.ts";
import { serverNowMs } from "../lib/now.ts";
import { Panel } from "../ui/panel.tsx";
import { UploadRow } from "./upload-row.tsx";
import { dropUpload, type Upload, useUploads } from "./upload-store.ts";

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
