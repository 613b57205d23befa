/** What a sentence about a task is made from. */
export interface TaskStanding {
  readonly state: string;
  readonly done: number | null;
  readonly total: number | null;
  readonly attempt: number;
  readonly container: string | null;
  /** Tasks it still waits for. */
  readonly waitsFor: readonly string[];
  /** Of its failure; null: it has not failed. */
  readonly failureTitle: string | null;
  readonly retryInSeconds: number | null;
  /** Why its pipeline waits; null: it does not. */
  readonly waiting: string | null;
  /** Why it does not apply, or null. */
  readonly reason: string | null;
  readonly gaps: readonly number[];
}

const sentence = (words: string): string => (words.endsWith(".") ? words : `${words}.`);
const because = ({ failureTitle }: TaskStanding): string =>
  failureTitle === null ? "" : `: ${failureTitle.replace(/\.$/, "")}`;

/** Why a task stands where it stands, in one sentence. */
export function taskSentence(task: TaskStanding): string {
  switch (task.state) {
    case "blocked":
      return `Waits for ${task.waitsFor.join(" and ") || "the tasks before it"}.`;
    case "ready":
      return sentence(task.waiting ?? "Ready; a container is about to take it");
    case "leased":
      return runningSentence(task);
    case "delayed":
      return delayedSentence(task);
    case "done":
      if (task.reason !== null) return sentence(`It does not apply: ${task.reason}`);
      return task.gaps.length === 0
        ? "Done."
        : `Done, but for slide ${task.gaps.join(", ")}${because(task)}.`;
    case "dead":
      return `Given up after attempt ${task.attempt}${because(task)}.`;
    case "skipped":
      return `Skipped, since ${task.waitsFor.join(" and ") || "what it needs"} did not succeed.`;
    default:
      return "Cancelled; what was finished is kept.";
  }
}

function runningSentence({ container, done, total, attempt }: TaskStanding): string {
  const where = container === null ? "" : ` on ${container}`;
  const far = total === null || total === 0 ? "" : `, ${done ?? 0} of ${total}`;
  return `Runs${where}${far}${attempt > 1 ? `, attempt ${attempt}` : ""}.`;
}

function delayedSentence(task: TaskStanding): string {
  const seconds = Math.max(0, Math.ceil(task.retryInSeconds ?? 0));
  return `Failed${because(task)}; attempt ${task.attempt} starts in ${seconds} s.`;
}
