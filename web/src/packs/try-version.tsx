import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { problemOf } from "../api/client.ts";
import { Button } from "../ui/button.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { recentDocumentsQuery, tryVersion } from "./queries.ts";

/** Reads a document that is known again with a version that is not active. Its own results stay as they are. */
export function TryVersion({ name, version }: { name: string; version: number }) {
  const recent = useQuery(recentDocumentsQuery);
  const [chosen, setChosen] = useState("");
  const documents = (recent.data?.documents ?? []).filter(({ sha256 }) => sha256 !== "");
  const document = documents.find(({ id }) => id === chosen) ?? documents[0];
  const trial = useMutation({
    mutationFn: () => {
      if (document === undefined) throw new Error("no document");
      return tryVersion(name, version, document);
    },
  });
  if (document === undefined) return null;
  return (
    <div className="space-y-2 rounded-lg border border-line bg-surface p-3">
      <div className="flex flex-wrap items-end gap-3">
        <label className="min-w-0 grow text-[13px] font-medium">
          Try version {version} on a document
          <select
            value={document.id}
            onChange={(event) => setChosen(event.target.value)}
            className="mt-1 block min-h-8 w-full max-w-md truncate rounded-md border border-line-strong bg-surface px-2"
          >
            {documents.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
        <Button disabled={trial.isPending} onClick={() => trial.mutate()}>
          Read it with version {version}
        </Button>
      </div>
      <p className="text-[13px] text-ink-2">
        It is read once more as a document of its own; what is known of it stays.
      </p>
      <p role="status" className="empty:hidden">
        {trial.isSuccess && (
          <>
            It is being read with version {version}.{" "}
            <Link
              to="/documents/$id"
              params={{ id: trial.data }}
              className="font-medium text-accent-ink underline"
            >
              Open the trial
            </Link>
          </>
        )}
      </p>
      {trial.isError && <ProblemNotice problem={problemOf(trial.error)} />}
    </div>
  );
}
