import type { PackCheckAnswer } from "./types.ts";
import { taskWords } from "./words.ts";

/** All that is wrong, each a way to its line; or what a pipeline of it would do. */
export function CheckResult({
  check,
  onShow,
}: {
  check: PackCheckAnswer;
  onShow: (problem: PackCheckAnswer["problems"][number]) => void;
}) {
  if (!check.valid) {
    return (
      <div role="alert" className="rounded-lg border border-line bg-bad-soft p-3">
        <p className="font-medium">
          {check.problems.length === 1
            ? "One thing is wrong. Nothing was saved."
            : `${check.problems.length} things are wrong. Nothing was saved.`}
        </p>
        <ul className="mt-1 space-y-1">
          {check.problems.map((problem) => (
            <li key={`${problem.path} ${problem.message}`} className="break-words">
              <button
                type="button"
                onClick={() => onShow(problem)}
                className="min-h-6 text-left font-medium text-accent-ink underline"
              >
                {problem.file}
                {problem.line !== null && `, line ${problem.line}`}
              </button>
              <span>
                : {keyOf(problem)}
                {problem.message}
              </span>
            </li>
          ))}
        </ul>
      </div>
    );
  }
  const { order = [], warnings = [] } = check.trial ?? {};
  return (
    <div role="status" className="space-y-2 rounded-lg border border-line bg-surface p-3">
      <p className="font-medium">Nothing is wrong with it.</p>
      <p className="text-ink-2">
        A document would go through{" "}
        {order.map((wave) => wave.map(taskWords).join(" beside ")).join(", then ")}.
      </p>
      {warnings.map((warning) => (
        <p key={warning} className="break-words text-warn">
          {warning}
        </p>
      ))}
    </div>
  );
}

/** The key within the file, where the path names one. */
function keyOf({ path, file }: PackCheckAnswer["problems"][number]): string {
  const key = path.slice(file.length).replace(/^: /, "");
  return key === "" || key.startsWith("line ") ? "" : `${key} `;
}
