import type { DocumentSummary, TaskProgress } from "../api/types.ts";
import { durationWords, etaWords } from "../lib/format.ts";
import { useNow } from "../lib/use-now.ts";
import { taskWords } from "../lib/words.ts";
import { ProblemNotice } from "../ui/notice.tsx";
import { Empty, Panel } from "../ui/panel.tsx";

function TryAgainIn({ task }: { task: TaskProgress }) {
  const nowMs = useNow();
  const seconds = task.retryAt === null ? 0 : (Date.parse(task.retryAt) - nowMs) / 1000;
  const why = task.failure === null ? "" : `${task.failure.title} `;
  const round = task.round > 1 ? `, in round ${task.round} of attempts,` : "";
  return (
    <>
      {why}Attempt {task.attempt}
      {round} {seconds > 1 ? `in ${durationWords(seconds)}` : "starts now"}.
    </>
  );
}

function Words({ task, document }: { task: TaskProgress; document: DocumentSummary }) {
  const waiting = document.pipeline.progress.waiting?.sentence;
  switch (task.state) {
    case "blocked":
      return (
        <>
          It starts when the tasks it needs are done. {document.pipeline.status.sentence} The whole
          document: {etaWords(document.pipeline.progress.eta, document.pipeline.progress.samples)}.
        </>
      );
    case "ready":
      return <>{waiting ?? "It starts as soon as a container is free."}</>;
    case "leased":
      return <>{task.container ?? "A container"} works on it. What comes out shows here.</>;
    case "delayed":
      return <TryAgainIn task={task} />;
    case "skipped":
      return <>{task.reason ?? "A task it needs has failed."}</>;
    case "cancelled":
      return (
        <>
          The document {document.pipeline.state === "failed" ? "failed" : "was cancelled"} before
          this was done.
        </>
      );
    default:
      return <>The result is on its way.</>;
  }
}

const titles: Readonly<Partial<Record<TaskProgress["state"], string>>> = {
  blocked: "Not started yet",
  ready: "Queued",
  leased: "Running",
  delayed: "It is tried again",
  skipped: "Skipped",
  cancelled: "Not done",
};

/** In place of a result that is not there: why not, in a sentence. */
export function TaskNotice({ document, task }: { document: DocumentSummary; task: string }) {
  const found = document.pipeline.progress.tasks.find((known) => known.task === task);
  if (found === undefined) {
    return (
      <Panel>
        <Empty title="Not part of this pipeline">
          The pack {document.pipeline.pack.name} has no task of this kind.
        </Empty>
      </Panel>
    );
  }
  if (found.state === "dead" && found.failure !== null) {
    return <ProblemNotice problem={found.failure} />;
  }
  return (
    <Panel>
      <Empty title={`${taskWords(task)}: ${(titles[found.state] ?? "Almost there").toLowerCase()}`}>
        <Words task={found} document={document} />
      </Empty>
    </Panel>
  );
}
