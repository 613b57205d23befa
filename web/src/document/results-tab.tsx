import { useQuery } from "@tanstack/react-query";
import { resultsQuery } from "../api/queries.ts";
import type {
  DocumentResults,
  DocumentSummary,
  FieldResult,
  FieldsResult,
  TemplateAnalysis,
} from "../api/types.ts";
import { deckDateWords, moneyWords } from "../lib/format.ts";
import { taskWords } from "../lib/words.ts";
import { Panel } from "../ui/panel.tsx";
import { type Field, FieldRow } from "./extractions-tab.tsx";
import { Loaded } from "./loaded.tsx";
import { TaskNotice } from "./task-notice.tsx";
import { Chapters } from "./template-tab.tsx";

const ofPitchDeck = /^(?:visual_analysis|slide_feedback|extractions_and_template|specialized_\w+)$/;

function valueWords(value: FieldResult["value"], type: FieldResult["type"]): string | null {
  if (value === null) return null;
  if (typeof value === "boolean") return value ? "Yes" : "No";
  if (typeof value === "number") return value.toLocaleString("en");
  if (typeof value === "string") return type === "date" ? deckDateWords(value) : value;
  if ("amount" in value) return moneyWords(value.amount, value.currency);
  return value.map(String).join(" · ");
}

const fieldOf = (task: string, { title, type, value, conflicts, ...rest }: FieldResult): Field => ({
  path: `${task}.${rest.name}`,
  type,
  read: value,
  wordsOf: (one) => valueWords(one as FieldResult["value"], type),
  label: title,
  value: valueWords(value, type),
  confidence: rest.confidence,
  evidence: rest.evidence,
  note: rest.note,
  others: conflicts.map((other) => ({
    words: valueWords(other.value, type),
    evidence: other.evidence,
  })),
});

const isFields = (result: object): result is FieldsResult =>
  "fields" in result && Array.isArray(result.fields);
const isTemplate = (result: object): result is TemplateAnalysis =>
  "chapters" in result && Array.isArray(result.chapters);

function Result({ all, task, result }: { all: DocumentResults; task: string; result: object }) {
  if (isTemplate(result)) return <Chapters all={all} prefix={task} template={result} />;
  return (
    <Panel>
      {isFields(result) ? (
        <dl className="divide-y divide-line">
          {result.fields.map((field) => (
            <FieldRow
              key={field.name}
              document={all.document}
              field={fieldOf(task, field)}
              all={all}
            />
          ))}
        </dl>
      ) : (
        <pre className="overflow-x-auto p-4 text-xs">{JSON.stringify(result, null, 2)}</pre>
      )}
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
                  <Result all={all} task={task} result={result} />
                )}
              </section>
            );
          })}
        </div>
      )}
    </Loaded>
  );
}
