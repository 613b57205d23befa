import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Undo2 } from "lucide-react";
import { problemOf } from "../api/client.ts";
import { reviewerName } from "../document/use-review.ts";
import { Button } from "../ui/button.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { Ago } from "../ui/time.tsx";
import { renewPacks, rollBack } from "./queries.ts";
import type { PackActivated, PackVersionView } from "./types.ts";
import { byWords, effectWords } from "./words.ts";

/** Which version runs now, since when, and the way back in one press. */
export function PackHeader({
  name,
  versions,
}: {
  name: string;
  versions: readonly PackVersionView[];
}) {
  const client = useQueryClient();
  const active = versions.find(({ state }) => state === "active");
  const running = versions.reduce((sum, one) => sum + one.running, 0);
  const back = useMutation({
    mutationFn: () => rollBack(name, active?.version, reviewerName().trim() || "page"),
    onSettled: () => renewPacks(client),
  });
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 grow">
          <h1 className="text-lg font-semibold">{active?.title ?? versions[0]?.title ?? name}</h1>
          <p className="text-ink-2">
            <span className="font-mono text-xs">{name}</span>{" "}
            {active === undefined ? (
              "has no active version: documents must name the one they want."
            ) : (
              <>
                runs version {active.version}
                {active.activatedAt !== null && (
                  <>
                    {" "}
                    since <Ago at={active.activatedAt} />, {byWords(active.activatedBy)}
                  </>
                )}
                .{" "}
                {running === 0
                  ? "No document is at work."
                  : `${running} ${running === 1 ? "document is" : "documents are"} at work.`}
              </>
            )}
          </p>
        </div>
        {active?.replaced != null && (
          <Button
            disabled={back.isPending}
            title={effectWords(active.replaced, active.version, running)}
            onClick={() => back.mutate()}
          >
            <Undo2 aria-hidden="true" className="size-3.5" /> Roll back to version {active.replaced}
          </Button>
        )}
      </div>
      <p role="status" className="empty:hidden rounded-md bg-good-soft px-3 py-2 text-good">
        {back.isSuccess && doneWords(back.data, running)}
      </p>
      {back.isError && <ProblemNotice problem={problemOf(back.error)} />}
    </div>
  );
}

const doneWords = ({ version, before }: PackActivated, running: number): string =>
  effectWords(version.version, before, running);
