import { useQuery } from "@tanstack/react-query";
import { AsyncPanel } from "../ui/async-panel.tsx";
import { Skeleton } from "../ui/panel.tsx";
import { Editor } from "./editor.tsx";
import { packContentQuery } from "./queries.ts";
import type { PackVersionView } from "./types.ts";
import { useDraft } from "./use-draft.ts";

/** A new version made from the one that is shown; a draft that was begun goes on from where it was. */
export function EditView({
  name,
  versions,
  chosen,
}: {
  name: string;
  versions: readonly PackVersionView[];
  chosen: PackVersionView;
}) {
  const kept = useDraft(name);
  const base = kept.draft?.base ?? chosen.version;
  const query = useQuery(packContentQuery(name, base));
  return (
    <AsyncPanel query={query} what="the files" skeleton={<Skeleton className="h-[32rem]" />}>
      {(content) => (
        <Editor
          key={content.version}
          content={content}
          newest={versions[0] ?? chosen}
          {...{ draft: kept.draft, isKept: kept.isKept, onDraft: kept.change }}
        />
      )}
    </AsyncPanel>
  );
}
