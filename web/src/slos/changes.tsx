import type { Change } from "../../../src/contract/slos.ts";
import { Empty, Panel } from "../ui/panel.tsx";
import { Ago } from "../ui/time.tsx";

const shownAtOnce = 8;

function ChangeList({ changes }: { changes: readonly Change[] }) {
  return (
    <ol className="space-y-1 text-[13px]">
      {changes.map(({ at, kind, sentence }) => (
        <li key={`${at} ${kind} ${sentence}`} className="flex flex-wrap gap-x-3">
          <span className="w-32 shrink-0 text-ink-2">
            <Ago at={at} />
          </span>
          <span className="min-w-0 break-words">{sentence}</span>
        </li>
      ))}
    </ol>
  );
}

/** What may be why a figure is another one since then. The marks on the days of each promise are these. */
export function Changes({
  changes,
  windowDays,
}: {
  changes: readonly Change[];
  windowDays: number;
}) {
  return (
    <section aria-label="What changed">
      <h2 className="mb-2 font-semibold">What changed</h2>
      <Panel className="px-4 py-3">
        {changes.length === 0 ? (
          <Empty title={`Nothing was changed in ${windowDays} days.`}>
            Versions of packs, scaling policies, models and pauses of pools show up here, and are
            marked on the days above.
          </Empty>
        ) : (
          <>
            <ChangeList changes={changes.slice(0, shownAtOnce)} />
            {changes.length > shownAtOnce && (
              <details>
                <summary className="inline-block min-h-6 text-[13px] font-medium text-accent-ink">
                  {changes.length - shownAtOnce} before
                </summary>
                <ChangeList changes={changes.slice(shownAtOnce)} />
              </details>
            )}
          </>
        )}
      </Panel>
    </section>
  );
}
