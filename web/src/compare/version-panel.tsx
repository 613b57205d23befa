import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { GitCompareArrows } from "lucide-react";
import { useId, useState } from "react";
import type { VersionList } from "../../../src/contract/portfolio.ts";
import { versionMark, versionWords } from "../../../src/core/portfolio/version-words.ts";
import { documentUrl, postJson, problemOf } from "../api/client.ts";
import type { DocumentSummary } from "../api/types.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { Ago } from "../ui/time.tsx";
import { versionsQuery } from "./queries.ts";

/** Which version of its deck a document is, the way to what has changed since the one before, and the way to say otherwise. */
export function VersionLine({ document }: { document: DocumentSummary }) {
  const [isOpen, setOpen] = useState(false);
  const { version } = document;
  const words = versionWords(document);
  const list = useQuery({ ...versionsQuery(document.id), enabled: version !== null });
  const versions = list.data?.versions ?? [];
  const own = versions.find((one) => one.document === document.id)?.number ?? 0;
  // Of several runs of that file the newest.
  const before = versions.findLast(({ number }) => number === own - 1);
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      {words !== "" && <span className="first-letter:uppercase">{words}</span>}
      {before !== undefined && (
        <Link
          to="/compare"
          search={{ a: before.document, b: document.id }}
          className="inline-flex min-h-6 items-center gap-1 font-medium text-accent-ink hover:underline"
        >
          <GitCompareArrows aria-hidden="true" className="size-3.5" /> Compare with v{before.number}
        </Link>
      )}
      <button
        type="button"
        onClick={() => setOpen(true)}
        className="inline-flex min-h-6 items-center font-medium text-accent-ink hover:underline"
      >
        {words === "" ? "Version of …" : "Versions"}
      </button>
      {isOpen && <VersionDialog document={document} onClose={() => setOpen(false)} />}
    </span>
  );
}

type Version = VersionList["versions"][number];

function VersionRow({
  one,
  document,
  isEarlier,
}: {
  one: Version;
  document: string;
  /** It stands before the document that is looked at. */
  isEarlier: boolean;
}) {
  const mark = versionMark({ version: one, fileRun: one.fileRun });
  return (
    <li className="flex flex-wrap items-center gap-x-2">
      <span className="font-medium whitespace-nowrap">{mark}</span>
      <span className="min-w-0 grow break-all">
        {one.name}
        <span className="text-ink-3">
          {" "}
          · <Ago at={one.createdAt} />
          {one.document === document && " (this one)"}
        </span>
      </span>
      {one.document !== document && (
        <Link
          to="/compare"
          search={isEarlier ? { a: one.document, b: document } : { a: document, b: one.document }}
          className="inline-flex min-h-6 items-center font-medium text-accent-ink hover:underline"
        >
          Compare<span className="sr-only"> with {mark}</span>
        </Link>
      )}
    </li>
  );
}

/** All versions; takes this one out of its deck, or puts it into another. */
function VersionDialog({ document, onClose }: { document: DocumentSummary; onClose: () => void }) {
  const id = useId();
  const [other, setOther] = useState("");
  const client = useQueryClient();
  const list = useQuery(versionsQuery(document.id));
  const choose = useMutation({
    mutationFn: (of: string | null) => postJson(`${documentUrl(document.id)}/version`, { of }),
    onSuccess: async () => {
      await Promise.all(
        [["document", document.id], ["versions"], ["documents"], ["portfolio"]].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      );
      onClose();
    },
  });
  const versions = list.data?.versions ?? [];
  return (
    <Dialog title="Versions of this deck" onClose={onClose}>
      <ol className="space-y-1">
        {versions.map((one, at) => (
          <VersionRow
            key={one.document}
            one={one}
            document={document.id}
            isEarlier={at < versions.findIndex((other) => other.document === document.id)}
          />
        ))}
      </ol>
      <p className="mt-3 text-ink-2">
        Files of one company are versions of one deck, by the order of upload; the same bytes again
        are another run of the same version. Before the company is known, the name of the file
        decides. What you say here stands above both.
      </p>
      {choose.isError && (
        <div className="mt-3">
          <ProblemNotice problem={problemOf(choose.error)} />
        </div>
      )}
      <form
        className="mt-3 flex flex-wrap items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          choose.mutate(other.trim());
        }}
      >
        <label htmlFor={id} className="w-full text-[13px] font-medium">
          It is a version of the document with this id
        </label>
        <input
          id={id}
          required
          value={other}
          maxLength={64}
          placeholder="d_…"
          onChange={({ target }) => setOther(target.value)}
          className="h-8 min-w-0 grow rounded-md border border-line-strong bg-surface px-2 font-mono text-[13px]"
        />
        <button type="submit" disabled={choose.isPending} className={buttonClass()}>
          Join
        </button>
      </form>
      <div className="mt-4 flex flex-wrap justify-end gap-2">
        {document.version !== null && (
          <Button disabled={choose.isPending} onClick={() => choose.mutate(null)}>
            It is a deck of its own
          </Button>
        )}
        <Button kind="primary" onClick={onClose}>
          Close
        </Button>
      </div>
    </Dialog>
  );
}
