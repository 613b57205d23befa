import type { ManifestTask } from "./manifest.ts";
import { afterOf } from "./pack.ts";
import { type Problems, suggestion } from "./problems.ts";

const file = "pack.yaml";

/** Checks that the tasks make a graph that can run: known names, no circle, layers that rise, 100 in all. */
export function checkGraph(tasks: readonly ManifestTask[], problems: Problems): void {
  const names = tasks.map((task) => task.name);
  for (const [index, task] of tasks.entries()) {
    if (names.indexOf(task.name) < index) {
      problems.add(file, `tasks[${index}].name`, `${task.name} is declared twice`);
    }
    checkNames(task, index, names, problems);
  }
  const total = tasks.reduce((sum, task) => sum + task.weight, 0);
  if (Math.abs(total - 100) > 1e-9) {
    problems.add(file, "tasks", `the weights make ${total}, they must make 100`);
  }
  const circle = tasksInCircle(tasks);
  if (circle.length > 0) {
    problems.add(file, "tasks", `these wait for each other: ${circle.join(", ")}`);
    return;
  }
  checkOrder(tasks, problems);
}

function checkNames(
  task: ManifestTask,
  index: number,
  names: readonly string[],
  problems: Problems,
): void {
  for (const [key, wanted] of Object.entries({ after: afterOf(task), upstream: task.upstream })) {
    for (const other of wanted) {
      if (names.includes(other)) continue;
      problems.add(file, `tasks[${index}].${key}`, `no task ${other}${suggestion(other, names)}`);
    }
  }
}

/** What is left when every task whose dependencies are met has been taken away, again and again. */
function tasksInCircle(tasks: readonly ManifestTask[]): string[] {
  const known = new Set(tasks.map((task) => task.name));
  let left = [...tasks];
  for (;;) {
    const waiting = new Set(left.map((task) => task.name));
    const next = left.filter((task) =>
      afterOf(task).some((other) => known.has(other) && waiting.has(other)),
    );
    if (next.length === left.length) return left.map((task) => task.name);
    left = next;
  }
}

/** Needs a graph without circles. */
function checkOrder(tasks: readonly ManifestTask[], problems: Problems): void {
  const byName = new Map(tasks.map((task) => [task.name, task]));
  for (const [index, task] of tasks.entries()) {
    const key = `tasks[${index}]`;
    for (const other of afterOf(task)) {
      const layer = byName.get(other)?.layer ?? 0;
      // A rerun from a layer repeats that layer and all above it, so a dependency must lie below.
      if (layer >= task.layer) {
        problems.add(file, `${key}.layer`, `must be above ${layer}, the layer of ${other}`);
      }
    }
    const before = tasksBefore(task, byName);
    for (const other of task.upstream) {
      if (byName.has(other) && !before.has(other)) {
        problems.add(file, `${key}.upstream`, `${task.name} does not wait for ${other}`);
      }
    }
    const seen = [...before].some((other) => byName.get(other)?.each === "slide");
    if (task.needs_handoff && !seen) {
      problems.add(
        file,
        `${key}.needs_handoff`,
        `${task.name} waits for no task that reads slides`,
      );
    }
  }
}

function tasksBefore(task: ManifestTask, byName: ReadonlyMap<string, ManifestTask>): Set<string> {
  const before = new Set<string>();
  const open = [...afterOf(task)];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const found = byName.get(name);
    if (found === undefined || before.has(name)) continue;
    before.add(name);
    open.push(...afterOf(found));
  }
  return before;
}
