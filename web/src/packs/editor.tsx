import { useMutation } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { CodeEditor } from "./code-editor.tsx";
import { type Draft, filesWith, withEdit } from "./draft.ts";
import { DraftActions } from "./draft-actions.tsx";
import { FileList } from "./file-list.tsx";
import { LeaveDialog } from "./leave-dialog.tsx";
import { checkFiles } from "./queries.ts";
import type { PackCheckAnswer, PackContent, PackVersionView } from "./types.ts";
import { sortedFiles } from "./words.ts";

const route = getRouteApi("/packs/$name");

/** Files of a version beside a field to change them in, and what the server says of them. */
export function Editor({
  content,
  newest,
  draft,
  isKept,
  onDraft,
}: {
  content: PackContent;
  newest: PackVersionView;
  draft: Draft | null;
  isKept: boolean;
  onDraft: (draft: Draft | null) => void;
}) {
  const { file } = route.useSearch();
  const navigate = useNavigate();
  const paths = useMemo(() => sortedFiles(Object.keys(content.files)), [content]);
  const path = paths.find((one) => one === file) ?? paths.find(isPrompt) ?? paths[0] ?? "";
  const files = filesWith(content.files, draft);
  const [goTo, setGoTo] = useState<{ line: number } | null>(null);
  const check = useMutation({ mutationFn: checkFiles });
  const problems = check.data?.problems ?? [];
  const open = (next: string): Promise<void> =>
    navigate({
      to: "/packs/$name",
      params: { name: content.name },
      search: { view: "edit", version: content.version, file: next },
      replace: true,
      resetScroll: false,
    });
  const edit = (text: string): void => {
    const begun = draft ?? { base: content.version, seen: newest.version, edits: {}, note: "" };
    onDraft(withEdit(begun, content.files, [path, text]));
    if (check.data !== undefined) check.reset();
  };
  const show = async (problem: PackCheckAnswer["problems"][number]): Promise<void> => {
    if (paths.includes(problem.file)) await open(problem.file);
    if (problem.line !== null) setGoTo({ line: problem.line });
  };
  return (
    <div className="space-y-3">
      <p className="text-ink-2">
        A new version, made from version {content.version}. Nothing runs with it until it is saved
        and activated.
        {!isKept && (
          <span className="text-warn"> This browser keeps nothing: a reload would lose it.</span>
        )}
      </p>
      <div className="grid gap-3 md:grid-cols-[14rem_minmax(0,1fr)]">
        <FileList
          paths={paths}
          current={path}
          changed={Object.keys(draft?.edits ?? {})}
          problems={problems}
          onOpen={(next) => void open(next)}
        />
        <div className="space-y-2">
          <CodeEditor
            key={path}
            label={`Text of ${path}`}
            value={files[path] ?? ""}
            marks={problems.flatMap(({ file: at, line, message }) =>
              at === path && line !== null ? [{ line, message }] : [],
            )}
            goTo={goTo}
            onChange={edit}
          />
        </div>
      </div>
      <DraftActions
        {...{ content, newest, draft, files, onDraft }}
        check={check.data}
        checkError={check.error}
        isChecking={check.isPending}
        onCheck={() => check.mutateAsync(files)}
        onShow={(problem) => void show(problem)}
      />
      <LeaveDialog isDirty={draft !== null} name={content.name} />
    </div>
  );
}

const isPrompt = (path: string): boolean => path.startsWith("prompts/");
