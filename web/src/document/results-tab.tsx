import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { resultsQuery } from "../api/queries.ts";
import type { DocumentResults, DocumentSummary } from "../api/types.ts";
import { taskWords } from "../lib/words.ts";
import { Panel } from "../ui/panel.tsx";
import { packFields } from "./fields.ts";
import { FieldsTable } from "./fields-table.tsx";
import { Loaded } from "./loaded.tsx";
import { isAnalysis, isFields, isTemplate, ofPitchDeck } from "./result-shapes.ts";
import { Analysis } from "./specialized-tab.tsx";
import { TaskNotice } from "./task-notice.tsx";
import { Chapters } from "./template-tab.tsx";
import { HasKeys } from "./use-chosen.ts";

const route = getRouteApi("/documents/$id");

function Result({
  document,
  all,
  task,
  result,
}: {
  document: DocumentSummary;
  all: DocumentResults;
  task: string;
  result: object;
}) {
  if (isTemplate(result)) return <Chapters all={all} prefix={task} template={result} />;
  if (isFields(result)) {
    const fields = packFields(task, result);
    return <FieldsTable document={document} fields={fields} all={all} caption={taskWords(task)} />;
  }
  if (isAnalysis(result)) {
    return <Analysis document={document} task={task} found={result} all={all} />;
  }
  return (
    <Panel>
      <pre className="overflow-x-auto p-4 text-xs">{JSON.stringify(result, null, 2)}</pre>
    </Panel>
  );
}

/** Keys are about the table whose row is chosen, or the first where none is. */
function tableWithKeys(
  tasks: readonly string[],
  { results }: DocumentResults,
  at: string | undefined,
): string | undefined {
  const tables = tasks.filter((task) => {
    const result = results[task];
    return result !== undefined && (isFields(result) || isAnalysis(result));
  });
  return tables.find((task) => at?.startsWith(`${task}.`)) ?? tables[0];
}

/** What tasks of any other pack found, by the shape of their results. */
export function ResultsTab({ document }: { document: DocumentSummary }) {
  const { at } = route.useSearch();
  const query = useQuery(resultsQuery(document.id));
  const tasks = document.pipeline.progress.tasks
    .map(({ task }) => task)
    .filter((task) => !ofPitchDeck.test(task));
  return (
    <Loaded query={query}>
      {(all) => (
        <div className="space-y-6">
          {tasks.map((task) => {
            const result = all.results[task];
            return (
              <section key={task} className="space-y-3">
                <h2 className="text-base font-semibold tracking-tight">{taskWords(task)}</h2>
                {result === undefined ? (
                  <TaskNotice document={document} task={task} />
                ) : (
                  <HasKeys value={task === tableWithKeys(tasks, all, at)}>
                    <Result document={document} all={all} task={task} result={result} />
                  </HasKeys>
                )}
              </section>
            );
          })}
        </div>
      )}
    </Loaded>
  );
}
