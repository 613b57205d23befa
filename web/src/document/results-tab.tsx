import { useQuery } from "@tanstack/react-query";
import { resultsQuery } from "../api/queries.ts";
import type {
  DocumentResults,
  DocumentSummary,
  FieldsResult,
  TemplateAnalysis,
} from "../api/types.ts";
import { taskWords } from "../lib/words.ts";
import { Panel } from "../ui/panel.tsx";
import { packFields } from "./fields.ts";
import { FieldsTable } from "./fields-table.tsx";
import { Loaded } from "./loaded.tsx";
import { TaskNotice } from "./task-notice.tsx";
import { Chapters } from "./template-tab.tsx";

const ofPitchDeck = /^(?:visual_analysis|slide_feedback|extractions_and_template|specialized_\w+)$/;

const isFields = (result: object): result is FieldsResult =>
  "fields" in result && Array.isArray(result.fields);
const isTemplate = (result: object): result is TemplateAnalysis =>
  "chapters" in result && Array.isArray(result.chapters);

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
  return (
    <Panel>
      <pre className="overflow-x-auto p-4 text-xs">{JSON.stringify(result, null, 2)}</pre>
    </Panel>
  );
}

/** What tasks of any other pack found, by the shape of their results. */
export function ResultsTab({ document }: { document: DocumentSummary }) {
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
                  <Result document={document} all={all} task={task} result={result} />
                )}
              </section>
            );
          })}
        </div>
      )}
    </Loaded>
  );
}
